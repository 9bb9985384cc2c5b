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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AFileOfStockSops {
  private static final String PLAINTEXT =
      """
      # at the top

      # and again
      str: hello # inline
      empty: ""
      nothing: null
      int: 42
      old: 0x1F
      float: 3.0
      small: 1e-7
      flag: true
      when: 2024-01-01T00:00:00Z
      day: 2024-01-02
      text: |
          line 1
          line 2
      looks_int: "42"
      grüße: "💥 ✓"
      # before a map
      map:
          # inside
          b: x
          # last inside

          deep:
              c: d # deep inline
              # foot of deep
      list:
          - one
          - 2
          - k: v
            # in an item
            l: w
      "a:b":
          c:d: e
      clear_unencrypted:
          # clear comment
          a: 1.50
          b: [x, 2, null]
          c: yes
          d: 0o17
          e: 2024-01-01 10:00:00
          f: "multi\\nline"
      # at the end
      """;

  @TempDir Path folder;
  private StockSops sops;

  @BeforeEach
  void findsSops() {
    sops = new StockSops(folder);
  }

  static Stream<String> options() {
    return Stream.of(
        "",
        "encrypted_regex: ^(str|map|list)$",
        "unencrypted_regex: ^(float|small|when|list)$",
        "encrypted_suffix: t",
        "unencrypted_suffix: t",
        "encrypted_comment_regex: before|inside|inline",
        "unencrypted_comment_regex: again|inline",
        "mac_only_encrypted: true",
        "indent: 2",
        "indent: 7");
  }

  private byte[] encrypted(String option) {
    return sops.encrypted("plain.yaml", PLAINTEXT, option);
  }

  private static DataKey key(SopsFile file) throws Exception {
    try (X25519Identity identity = StockSops.identity(0)) {
      return file.open(identity, StockSops.RECIPIENTS.getFirst());
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void isVerified(String option) throws Exception {
    SopsFile file = SopsFile.parse(encrypted(option));
    try (DataKey key = key(file)) {
      file.verify(key);
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void isReadByANewRecipient(String option) throws Exception {
    byte[] before = encrypted(option);
    sops.write("old.yaml", before);
    sops.write("new.yaml", withThird(before).bytes());
    assertThat(sops.decrypted(2, "new.yaml")).isEqualTo(sops.decrypted(0, "old.yaml"));
  }

  @ParameterizedTest
  @MethodSource("options")
  void onlyGainsLinesBehindTheLastStanza(String option) throws Exception {
    byte[] before = encrypted(option);
    String after = new String(withThird(before).bytes(), StandardCharsets.UTF_8);
    String old = new String(before, StandardCharsets.UTF_8);
    int split = old.indexOf('\n', old.lastIndexOf(" recipient: ")) + 1;
    assertThat(after)
        .startsWith(old.substring(0, split))
        .endsWith(old.substring(split))
        .hasSizeGreaterThan(old.length());
  }

  @ParameterizedTest
  @MethodSource("options")
  void isLaidOutAsSopsWouldWithTheNewRecipient(String option) throws Exception {
    SopsFile after = withThird(encrypted(option));
    sops.write("f.yaml", after.bytes());
    String rotated = sops.run(2, "rotate", "f.yaml").out();
    assertThat(block(after.bytes())).isEqualTo(block(Fixture.utf8(rotated)));
  }

  /** The sops block without what differs from one encryption to the next. */
  private static String block(byte[] file) {
    String text = new String(file, StandardCharsets.UTF_8);
    return text.substring(text.indexOf("\nsops:"))
        .replaceAll("ENC\\[AES256_GCM,[^]]*type:(\\w+)\\]", "ENC[$1]")
        .replaceAll("(?m)^( +)[A-Za-z0-9+/=]+\n", "$1\n")
        .replaceAll("lastmodified: \".*\"", "lastmodified: \"…\"");
  }

  /** sops 3.13.2 itself finds its own MAC wrong there. */
  @Test
  void isVerifiedWithCommentsInLists() throws Exception {
    byte[] file = sops.encrypted("plain.yaml", "l:\n    # one\n    - 1\n    # two\n    - 2\n", "");
    SopsFile parsed = SopsFile.parse(file);
    try (DataKey key = key(parsed)) {
      parsed.verify(key);
    }
  }

  @Test
  void isUpToDateForUpdatekeysAfterwards() throws Exception {
    byte[] after = withThird(encrypted("")).bytes();
    sops.write(
        ".sops.yaml",
        Fixture.utf8(
            "creation_rules:\n- age: " + String.join(",", StockSops.RECIPIENTS.subList(0, 3))));
    sops.write("f.yaml", after);
    StockSops.Result result = sops.run(2, "updatekeys", "-y", "f.yaml");
    assertThat(result.err()).contains("already up to date");
  }

  private static SopsFile withThird(byte[] before) throws Exception {
    SopsFile file = SopsFile.parse(before);
    try (DataKey key = key(file)) {
      return file.withRecipients(key, StockSops.RECIPIENTS.subList(1, 3));
    }
  }

  @Test
  void isTheSameFileWhenNobodyIsNew() throws Exception {
    SopsFile file = SopsFile.parse(encrypted(""));
    try (DataKey key = key(file)) {
      assertThat(file.withRecipients(key, StockSops.RECIPIENTS.subList(0, 2))).isSameAs(file);
    }
  }

  @Test
  void keepsTheLineEndsOfWindows() throws Exception {
    String windows = new String(encrypted(""), StandardCharsets.UTF_8).replace("\n", "\r\n");
    String after = new String(withThird(Fixture.utf8(windows)).bytes(), StandardCharsets.UTF_8);
    assertThat(after.replace("\r\n", "")).doesNotContain("\n");
  }

  @Test
  void refusesARecipientUnderAnotherDataKey() throws Exception {
    SopsFile file = SopsFile.parse(encrypted(""));
    try (DataKey other = DataKey.random()) {
      assertThatThrownBy(() -> file.withRecipients(other, StockSops.RECIPIENTS))
          .isInstanceOf(SopsException.Tampered.class);
    }
  }

  @Test
  void opensByTryingEveryEntry() throws Exception {
    SopsFile file = SopsFile.parse(encrypted(""));
    try (X25519Identity identity = StockSops.identity(1);
        DataKey key = file.open(identity, "")) {
      file.verify(key);
    }
  }

  @Test
  void doesNotOpenForOthers() throws Exception {
    SopsFile file = SopsFile.parse(encrypted(""));
    try (X25519Identity identity = StockSops.identity(3)) {
      assertThatThrownBy(() -> file.open(identity, null))
          .isInstanceOf(SopsException.NoMatchingKey.class);
    }
  }

  private static final Map<String, byte[]> ADDED = new LinkedHashMap<>();

  static {
    ADDED.put("map/new", Fixture.utf8("n1\n"));
    ADDED.put("map/newer", Fixture.utf8("n2"));
    ADDED.put("fresh/x", Fixture.utf8("n3"));
    ADDED.put("fresh/y", Fixture.utf8("n4"));
    ADDED.put("alone", Fixture.utf8("n5"));
  }

  private SopsFile withValues(byte[] before) throws Exception {
    SopsFile file = SopsFile.parse(before);
    try (DataKey key = key(file)) {
      return file.withValues(key, ADDED, Instant.parse("2026-08-01T00:00:00Z"));
    }
  }

  @ParameterizedTest
  @MethodSource("options")
  void takesNewValuesThatSopsReadsOrRefusesToLeaveThemClear(String option) throws Exception {
    byte[] before = encrypted(option);
    boolean clear = option.startsWith("encrypted_");
    if (clear) {
      assertThatThrownBy(() -> withValues(before)).isInstanceOf(SopsException.class);
      return;
    }
    sops.write("f.yaml", withValues(before).bytes());
    assertThat(sops.run(0, "decrypt", "--extract", "[\"map\"][\"newer\"]", "f.yaml").out())
        .isEqualTo("n2");
  }

  @Test
  void keepsEveryOldLineButTwoWhenItTakesValues() throws Exception {
    byte[] before = encrypted("");
    List<String> after =
        new String(withValues(before).bytes(), StandardCharsets.UTF_8).lines().toList();
    assertThat(new String(before, StandardCharsets.UTF_8).lines())
        .filteredOn(line -> !after.contains(line))
        .allMatch(line -> line.matches(" *(mac|lastmodified): .*"))
        .hasSize(2);
  }

  @Test
  void refusesAValueThatIsThere() throws Exception {
    SopsFile file = SopsFile.parse(encrypted(""));
    try (DataKey key = key(file)) {
      assertThatThrownBy(() -> file.withValues(key, Map.of("map/b", new byte[] {1}), Instant.EPOCH))
          .isInstanceOf(SopsException.Unsupported.class);
    }
  }
}
