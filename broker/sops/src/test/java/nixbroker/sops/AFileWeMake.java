package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nixbroker.age.X25519Identity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AFileWeMake {
  private static final Instant NOW = Instant.parse("2026-07-01T12:34:56.789Z");
  private static final List<String> TWO = StockSops.RECIPIENTS.subList(0, 2);

  @TempDir Path folder;

  private static Map<String, byte[]> values(String... pathsAndTexts) {
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      values.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return values;
  }

  private static SopsFile make(Map<String, byte[]> values, RuleOptions options)
      throws SopsException {
    try (DataKey key = DataKey.random()) {
      return SopsFile.create(values, options, key, TWO, NOW);
    }
  }

  /** What differs from one encryption to the next, taken out. */
  private static String layout(byte[] file) {
    return new String(file, StandardCharsets.UTF_8)
        .replaceAll("ENC\\[AES256_GCM,[^]]*type:(\\w+)\\]", "ENC[$1]")
        .replaceAll("(?m)^ +[A-Za-z0-9+/=]+\n", "")
        .replaceAll("lastmodified: \".*\"", "lastmodified: \"…\"");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void isReadByStockSopsWithEachRecipient(int identity) throws Exception {
    StockSops sops = new StockSops(folder);
    sops.write("f.yaml", make(values("a", "x", "m/b", "y\nz\n"), RuleOptions.NONE).bytes());
    assertThat(sops.decrypted(identity, "f.yaml"))
        .isEqualTo("a: x\nm:\n    b: |\n        y\n        z\n");
  }

  @Test
  void isClosedToOthers() throws Exception {
    StockSops sops = new StockSops(folder);
    sops.write("f.yaml", make(values("a", "x"), RuleOptions.NONE).bytes());
    assertThat(sops.run(2, "decrypt", "f.yaml").exit()).isEqualTo(128);
  }

  @Test
  void opensForUsToo() throws Exception {
    SopsFile file = make(values("a", "x"), RuleOptions.NONE);
    try (X25519Identity identity = StockSops.identity(1);
        DataKey key = file.open(identity, TWO.get(1))) {
      assertThat(file.values(key)).containsOnlyKeys("a");
    }
  }

  static Stream<Arguments> options() {
    return Stream.of(
        Arguments.of("", RuleOptions.NONE),
        Arguments.of(
            "encrypted_regex: ^(a|m)$", new RuleOptions("", "", "", "^(a|m)$", "", "", false)),
        Arguments.of(
            "encrypted_regex: '[am]#.*|a'",
            new RuleOptions("", "", "", "[am]#.*|a", "", "", false)),
        Arguments.of(
            "encrypted_regex: 'a: ?|a'", new RuleOptions("", "", "", "a: ?|a", "", "", false)),
        Arguments.of("unencrypted_regex: '1'", new RuleOptions("", "", "1", "", "", "", false)),
        Arguments.of("encrypted_suffix: a", new RuleOptions("", "a", "", "", "", "", false)),
        Arguments.of("unencrypted_suffix: c", new RuleOptions("c", "", "", "", "", "", false)),
        Arguments.of(
            "unencrypted_comment_regex: pub", new RuleOptions("", "", "", "", "pub", "", false)),
        Arguments.of("mac_only_encrypted: true", new RuleOptions("", "", "", "", "", "", true)));
  }

  @ParameterizedTest
  @MethodSource("options")
  void isLaidOutAsStockSopsDoesIt(String option, RuleOptions options) throws Exception {
    byte[] theirs = new StockSops(folder).encrypted("p.yaml", "a: x\nma:\n    a: y\n", option);
    assertThat(layout(make(values("a", "x", "ma/a", "y"), options).bytes()))
        .isEqualTo(layout(theirs));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "yes",
        "n",
        "1",
        "1.5",
        "null",
        "~",
        "true",
        "2024-01-01",
        "0x10",
        "1:30",
        "a b",
        "#a",
        "a#b",
        "a #b",
        "-a",
        "- a",
        "a: b",
        "a:",
        ":a",
        "?a",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "|a",
        ">a",
        "%a",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        "a'b",
        " a",
        "a ",
        "grüße",
        "1e3",
        ".inf",
        "---",
        "...",
        "-",
        "=",
        "0o7",
        "1_000",
        "a\\b",
        "a,b",
        "+1",
        ".5",
        "0b1",
        "2024-1-1 1:1:1"
      })
  void writesAKeyAsStockSopsDoesIt(String name) throws Exception {
    StockSops sops = new StockSops(folder);
    String json = "{\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\": \"x\"}";
    byte[] theirs = sops.encrypted("p.json", json, "");
    assertThat(layout(make(values(name, "x"), RuleOptions.NONE).bytes())).isEqualTo(layout(theirs));
  }

  @Test
  void keepsAnEmptyValue() throws Exception {
    StockSops sops = new StockSops(folder);
    sops.write("f.yaml", make(values("a", ""), RuleOptions.NONE).bytes());
    assertThat(sops.decrypted(0, "f.yaml")).isEqualTo("a: \"\"\n");
  }

  @Test
  void refusesToLeaveAValueInClear() {
    RuleOptions options = new RuleOptions("", "", "", "^secret$", "", "", false);
    assertThatThrownBy(() -> make(values("secret", "x", "other", "y"), options))
        .isInstanceOf(SopsException.Unsupported.class)
        .hasMessageContaining("other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b/c", "/a", "a/", "sops", "sops/a", "a\nb", "<<", "a/<<"})
  void refusesAPathItCannotStore(String path) {
    assertThatThrownBy(() -> make(values(path, "x"), RuleOptions.NONE))
        .isInstanceOf(SopsException.Unsupported.class);
  }

  @Test
  void refusesAValueThatIsAMapToo() {
    assertThatThrownBy(() -> make(values("a", "x", "a/b", "y"), RuleOptions.NONE))
        .isInstanceOf(SopsException.Unsupported.class);
  }

  @Test
  void refusesARecipientThatIsNone() {
    DataKey key = DataKey.random();
    assertThatThrownBy(
            () -> SopsFile.create(values("a", "x"), RuleOptions.NONE, key, List.of("age1no"), NOW))
        .isInstanceOf(SopsException.Unsupported.class);
  }

  @Test
  void refusesToHaveNoRecipient() {
    DataKey key = DataKey.random();
    assertThatThrownBy(
            () -> SopsFile.create(values("a", "x"), RuleOptions.NONE, key, List.of(), NOW))
        .isInstanceOf(SopsException.Unsupported.class);
  }
}
