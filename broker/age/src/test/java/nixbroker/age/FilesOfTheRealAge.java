package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class FilesOfTheRealAge {
  private static final byte[] SMALL = "a secret\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> ofTheVectorsOpen() throws IOException {
    return Stream.of("age-1.1.1/", "upstream/")
        .flatMap(FilesOfTheRealAge::expected)
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.get("file") + " with " + entry.get("opens_with").replace("\\", ""),
                    () -> checkVector(entry)));
  }

  private static Stream<Map<String, String>> expected(String folder) {
    try {
      return Vectors.objects(folder + "expected.json").stream()
          .filter(entry -> !entry.get("opens_with").startsWith("ssh-"))
          .peek(entry -> entry.put("folder", folder));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void checkVector(Map<String, String> entry) throws Exception {
    byte[] file = Vectors.bytes(entry.get("folder") + entry.get("file"));
    try (Identity identity = identity(entry.get("folder"), entry.get("opens_with"))) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(AgeFile.decrypt(file, identity));
      assertThat(HexFormat.of().formatHex(hash)).isEqualTo(entry.get("plaintext_sha256"));
    }
  }

  private static Identity identity(String folder, String opensWith) throws Exception {
    if (opensWith.startsWith("passphrase ")) {
      String passphrase = opensWith.substring(11).replace("\\\"", "");
      return new ScryptIdentity(passphrase.getBytes(StandardCharsets.UTF_8));
    }
    return X25519Identity.parse(Vectors.bytes(folder + opensWith));
  }

  @TestFactory
  Stream<DynamicTest> openHereAndOursOpenThere() {
    return IntStream.of(0, 1, 65535, 65536, 65537, 200_000)
        .boxed()
        .flatMap(
            length ->
                Stream.of(
                    DynamicTest.dynamicTest("theirs, " + length, () -> theirs(bytes(length))),
                    DynamicTest.dynamicTest("ours, " + length, () -> ours(bytes(length)))));
  }

  private void theirs(byte[] plaintext) throws Exception {
    try (X25519Identity identity = X25519Identity.generate()) {
      String recipient = identity.recipient().text();
      byte[] binary = Tools.run(plaintext, "age", "-r", recipient);
      byte[] armored = Tools.run(plaintext, "age", "-a", "-r", recipient);

      assertThat(AgeFile.decrypt(binary, identity)).isEqualTo(plaintext);
      assertThat(AgeFile.decrypt(armored, identity)).isEqualTo(plaintext);
      assertThat(AgeFile.armor(AgeFile.dearmor(armored))).isEqualTo(armored);
      try (SecretPage page = AgeFile.decryptToPage(armored, identity)) {
        assertThat(page.segment().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
            .isEqualTo(plaintext);
      }
    }
  }

  private void ours(byte[] plaintext) throws Exception {
    Path key = folder.resolve("key");
    try (X25519Identity identity = X25519Identity.generate();
        X25519Identity other = X25519Identity.generate()) {
      Files.write(key, identity.encodedBytes());
      byte[] file = AgeFile.encrypt(plaintext, List.of(other.recipient(), identity.recipient()));

      assertThat(Tools.run(file, "age", "-d", "-i", key.toString())).isEqualTo(plaintext);
      assertThat(Tools.run(AgeFile.armor(file), "age", "-d", "-i", key.toString()))
          .isEqualTo(plaintext);
    }
  }

  @Test
  void andOursNameTheSameRecipientForAnIdentity() throws Exception {
    byte[] keygen = Tools.run(new byte[0], "age-keygen");
    Path key = Files.write(folder.resolve("key"), keygen);
    try (X25519Identity identity = X25519Identity.parse(keygen)) {
      assertThat(Tools.run(new byte[0], "age-keygen", "-y", key.toString()))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo(identity.recipient().text() + "\n");
    }
  }

  @Test
  void openWithAPassphraseInBothDirections() throws Exception {
    byte[] passphrase = "correct horse".getBytes(StandardCharsets.UTF_8);
    List<String> setting = List.of("AGE_PASSPHRASE=correct horse", "AGE_PASSPHRASE_WORK_FACTOR=12");
    try (var recipient = new ScryptRecipient(passphrase, 12);
        var identity = new ScryptIdentity(passphrase)) {
      byte[] ours = AgeFile.encrypt(SMALL, List.of(recipient));
      byte[] theirs = Tools.run(SMALL, withTools(setting), "age", "-e", "-j", "batchpass");

      assertThat(Tools.run(ours, withTools(setting), "age", "-d", "-j", "batchpass"))
          .isEqualTo(SMALL);
      assertThat(AgeFile.decrypt(theirs, identity)).isEqualTo(SMALL);
    }
  }

  /** age finds its plugins on the PATH. */
  private static List<String> withTools(List<String> settings) {
    String tools = Path.of(Tools.find("age-plugin-batchpass")).getParent().toString();
    String path = "PATH=" + tools + ":" + System.getenv("PATH");
    return Stream.concat(settings.stream(), Stream.of(path)).toList();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'a');
    return bytes;
  }
}
