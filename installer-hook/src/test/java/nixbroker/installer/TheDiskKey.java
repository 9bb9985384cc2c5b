package nixbroker.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheDiskKey {
  private static final byte[] PASSPHRASE = "open sesame".getBytes(StandardCharsets.US_ASCII);
  private static final Path NOWHERE = Path.of("/nonexistent");

  @TempDir Path folder;

  @Test
  void liesOnATmpfsForItsOwnerOnly() throws Exception {
    try (DiskKey key = DiskKey.write(PASSPHRASE, null, NOWHERE)) {
      assertThat(key.file()).hasContent("open sesame");
      assertThat(DiskKey.isTmpfs(key.file().toRealPath())).isTrue();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.file())))
          .isEqualTo("rw-------");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(key.file().getParent())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void isGoneWithItsFolderOnClose() throws Exception {
    DiskKey key = DiskKey.write(PASSPHRASE, null, NOWHERE);
    key.close();
    assertThat(key.file()).doesNotExist();
    assertThat(key.file().getParent()).doesNotExist();
  }

  @Test
  void isOverwrittenBeforeItIsRemoved() throws Exception {
    DiskKey key = DiskKey.write(PASSPHRASE, null, NOWHERE);
    try (var still = Files.newInputStream(key.file())) {
      key.close();
      assertThat(still.readAllBytes()).containsOnly(0).hasSameSizeAs(PASSPHRASE);
    }
  }

  @Test
  void isRefusedOnADisk() throws Exception {
    Path disk = Files.createTempDirectory(Path.of("").toAbsolutePath().resolve("target"), "disk");
    assertThat(DiskKey.isTmpfs(disk)).as("the build folder is on a tmpfs here").isFalse();
    assertThatThrownBy(() -> DiskKey.write(PASSPHRASE, disk, NOWHERE))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is not a tmpfs");
    Files.delete(disk);
  }

  @Test
  void isRefusedBelowTheTargetsRoot() throws Exception {
    Path root = Files.createTempDirectory(Path.of("/dev/shm"), "nb-test-root");
    try {
      assertThatThrownBy(() -> DiskKey.write(PASSPHRASE, root, root))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("below the target's root");
    } finally {
      Files.delete(root);
    }
  }
}
