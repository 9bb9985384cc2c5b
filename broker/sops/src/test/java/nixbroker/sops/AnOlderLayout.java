package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import nixbroker.age.X25519Identity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnOlderLayout {
  private static final String OLD = "vectors/upstream-sops-nix/secrets.yaml";

  @TempDir Path folder;

  private static X25519Identity identityOfSopsNix() throws Exception {
    return X25519Identity.parse(Vectors.bytes("vectors/keys/sops-nix-age-keys.txt"));
  }

  private static SopsFile withA(byte[] text) throws Exception {
    SopsFile file = SopsFile.parse(text);
    try (X25519Identity identity = identityOfSopsNix();
        DataKey key = file.open(identity, "")) {
      return file.withRecipients(key, StockSops.RECIPIENTS.subList(0, 1));
    }
  }

  @Test
  void isReadByTheNewRecipient() throws Exception {
    StockSops sops = new StockSops(folder);
    sops.write("f.yaml", withA(Vectors.bytes(OLD)).bytes());
    assertThat(sops.decrypted(0, "f.yaml")).contains("file: another value");
  }

  @Test
  void keepsTheRecipientBeforeItsStanza() throws Exception {
    String after = new String(withA(Vectors.bytes(OLD)).bytes(), StandardCharsets.UTF_8);
    assertThat(after)
        .contains(
            """
                        -----END AGE ENCRYPTED FILE-----
                    - recipient: %s
                      enc: |
                        -----BEGIN AGE ENCRYPTED FILE-----
            """
                .formatted(StockSops.RECIPIENTS.getFirst()));
  }

  @Test
  void keepsTwoColumnsOfIndentation() throws Exception {
    String old =
        Pattern.compile("(?m)^ +")
            .matcher(Vectors.text(OLD))
            .replaceAll(m -> " ".repeat(halved(m.group().length())));
    String after = new String(withA(Fixture.utf8(old)).bytes(), StandardCharsets.UTF_8);
    assertThat(after.lines())
        .contains("    - recipient: " + StockSops.RECIPIENTS.getFirst())
        .contains("      enc: |");
  }

  /** A dash and a block text are two columns deeper than what they belong to. */
  private static int halved(int columns) {
    return columns < 10 ? columns / 2 : columns - 4;
  }

  @Test
  void namesTheKindsItHasBesideAge() throws Exception {
    assertThat(SopsFile.parse(Vectors.bytes(OLD)).otherKinds()).containsExactly("pgp");
  }

  @Test
  void mayStandInDashesWithoutIndentation() throws Exception {
    String old =
        Vectors.text("vectors/rewrapped-age/sops--res--format.enc.yaml")
            .replace("        - enc: |", "    -   enc: |")
            .replace("          recipient:", "        recipient:");
    StockSops sops = new StockSops(folder);
    sops.write("f.yaml", withA(Fixture.utf8(old)).bytes());
    assertThat(sops.decrypted(0, "f.yaml")).isEqualTo("foo: bar\n");
  }

  @Test
  void mayQuoteItsStanza() throws Exception {
    SopsFile file = SopsFile.parse(Vectors.bytes(OLD));
    String text = Vectors.text(OLD);
    int from = text.lastIndexOf("          enc: |\n            -----BEGIN AGE");
    int to = text.indexOf("    lastmodified:");
    String armored = text.substring(from, to).replaceFirst(" +enc: \\|\n", "").replace(" ", "");
    String quoted =
        "          enc: \""
            + armored
                .replace("-----BEGINAGEENCRYPTEDFILE-----", "-----BEGIN AGE ENCRYPTED FILE-----")
                .replace("-----ENDAGEENCRYPTEDFILE-----", "-----END AGE ENCRYPTED FILE-----")
                .replace("\n", "\\n")
            + "\"\n";
    SopsFile after = withA(Fixture.utf8(text.substring(0, from) + quoted + text.substring(to)));
    assertThat(after.ageRecipients()).hasSize(file.ageRecipients().size() + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"keygroups-single", "multidoc"})
  void isNotEditedWhereItIsNotPlain(String name) throws Exception {
    SopsFile file = SopsFile.parse(Vectors.bytes("vectors/made-by-us/" + name + ".yaml"));
    try (X25519Identity identity = StockSops.identity(0);
        DataKey key = file.open(identity, StockSops.RECIPIENTS.getFirst())) {
      assertThatThrownBy(() -> file.withRecipients(key, List.of(StockSops.RECIPIENTS.get(4))))
          .isInstanceOf(SopsException.Unsupported.class);
    }
  }

  @Test
  void isNotOpenedWhereTheKeyIsSplit() throws Exception {
    SopsFile file = SopsFile.parse(Vectors.bytes("vectors/made-by-us/shamir-2of3.yaml"));
    try (X25519Identity identity = StockSops.identity(0)) {
      assertThatThrownBy(() -> file.open(identity, ""))
          .isInstanceOf(SopsException.Unsupported.class);
    }
  }

  @Test
  void isRecognisedWhereTheKeyIsSplit() throws Exception {
    assertThat(SopsFile.parse(Vectors.bytes("vectors/made-by-us/shamir-2of3.yaml")).ageRecipients())
        .hasSize(4);
  }

  @Test
  void isReadAsFarAsItsMetadataUnderAKeyThatNobodyHas() throws Exception {
    SopsFile file =
        SopsFile.parse(
            Vectors.bytes("vectors/upstream-sops/examples/config-test_resources-example.yaml"));
    assertThat(file.paths()).contains("example_key", "example_array/1", "example/nested/values");
  }

  @ParameterizedTest
  @CsvSource({
    "made-by-us/two-recipients, 0",
    "made-by-us/two-recipients, 1",
    "made-by-us/recipients-mixed, 0"
  })
  void opensForEachOfItsRecipients(String name, int identity) throws Exception {
    SopsFile file = SopsFile.parse(Vectors.bytes("vectors/" + name + ".yaml"));
    try (X25519Identity own = StockSops.identity(identity);
        DataKey key = file.open(own, "")) {
      file.verify(key);
    }
  }

  @Test
  void takesAHardwareRecipient() throws Exception {
    SopsFile file = SopsFile.parse(Vectors.bytes("vectors/made-by-us/two-recipients.yaml"));
    String yubikey =
        SopsFile.parse(Vectors.bytes("vectors/made-by-us/recipient-yubikey-only.yaml"))
            .ageRecipients()
            .getFirst();
    try (X25519Identity own = StockSops.identity(0);
        DataKey key = file.open(own, "")) {
      assertThat(file.withRecipients(key, List.of(yubikey)).ageRecipients()).contains(yubikey);
    }
  }
}
