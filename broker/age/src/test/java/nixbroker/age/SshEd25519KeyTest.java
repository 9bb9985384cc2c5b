package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshEd25519KeyTest {
  @TempDir Path folder;

  @Test
  void aNewKeyIsReadBySshKeygen() throws Exception {
    try (var key = SshEd25519Key.generate()) {
      Path file = write(key.privateKeyFile("root@ganon"));

      assertThat(run("ssh-keygen", "-y", "-f", file.toString()))
          .isEqualTo(key.publicKeyLine("root@ganon"));
      assertThat(run("ssh-keygen", "-l", "-f", file.toString())).contains(key.fingerprint());
    }
  }

  @Test
  void aKeyOfSshKeygenIsReadAndWrittenBackWithTheSamePublicHalf() throws Exception {
    Path file = folder.resolve("theirs");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a@b", "-f", file.toString());

    try (var key = SshEd25519Key.parse(Files.readAllBytes(file))) {
      assertThat(Files.readString(folder.resolve("theirs.pub")).trim())
          .isEqualTo(key.publicKeyLine("a@b"));
      try (var again = SshEd25519Key.parse(key.privateKeyFile("c"))) {
        assertThat(again.publicKey()).isEqualTo(key.publicKey());
      }
    }
  }

  @Test
  void aKeyUnderAPassphraseIsRefusedByName() throws Exception {
    Path file = folder.resolve("locked");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", file.toString());

    assertThatThrownBy(() -> SshEd25519Key.parse(Files.readAllBytes(file)))
        .isInstanceOf(AgeException.Key.class)
        .hasMessageContaining("passphrase");
  }

  @Test
  void anRsaKeyIsRefusedByName() throws Exception {
    Path file = folder.resolve("rsa");
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file.toString());

    assertThatThrownBy(() -> SshEd25519Key.parse(Files.readAllBytes(file)))
        .isInstanceOf(AgeException.Key.class)
        .hasMessageContaining("ssh-ed25519");
  }

  @Test
  void everyTruncationIsRefused() {
    try (var key = SshEd25519Key.generate()) {
      byte[] file = key.privateKeyFile("x");
      for (int length = 0; length < file.length - 1; length++) {
        byte[] cut = java.util.Arrays.copyOf(file, length);
        assertThatThrownBy(() -> SshEd25519Key.parse(cut)).isInstanceOf(AgeException.Key.class);
      }
    }
  }

  @Test
  void aWipedKeyGivesNothingOut() {
    var key = SshEd25519Key.generate();
    key.close();

    assertThatThrownBy(() -> key.privateKeyFile("x")).isInstanceOf(IllegalStateException.class);
  }

  private Path write(byte[] privateKey) throws Exception {
    Path file =
        Files.createFile(
            folder.resolve("ours"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.write(file, privateKey);
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.trim();
  }
}
