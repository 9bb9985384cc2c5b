package nixbroker.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import nixbroker.proto.v1.PlacedFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TheTargetRoot {
  @TempDir Path folder;
  private Path root;
  private Path outside;

  @BeforeEach
  void make() throws Exception {
    root = Files.createDirectory(folder.resolve("mnt"));
    outside = Files.createDirectory(folder.resolve("outside"));
  }

  private void place(String path) throws Failure {
    place(path, "content");
  }

  private void place(String path, String content) throws Failure {
    try (TargetRoot target = TargetRoot.open(root)) {
      target.place(
          PlacedFile.newBuilder()
              .setPath(path)
              .setMode(0600)
              .setUid(0)
              .setContent(ByteString.copyFromUtf8(content))
              .build());
    }
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void getsAFileWithItsModeInNewFolders() throws Exception {
    place("/etc/ssh/key");
    Path placed = root.resolve("etc/ssh/key");
    assertThat(placed).hasContent("content");
    assertThat(mode(placed)).isEqualTo("rw-------");
    assertThat(mode(placed.getParent())).isEqualTo("rwxr-xr-x");
    assertThat(placed.getParent())
        .isDirectoryContaining("glob:**key")
        .isDirectoryNotContaining("glob:**tmp");
  }

  @Test
  void keepsTheModeOfAFolderThatIsThere() throws Exception {
    Files.createDirectory(
        root.resolve("etc"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    place("/etc/key");
    assertThat(mode(root.resolve("etc"))).isEqualTo("rwx------");
  }

  @Test
  void getsTheNewContentWhereAFileWas() throws Exception {
    place("/key", "old");
    place("/key", "new");
    assertThat(root.resolve("key")).hasContent("new");
  }

  @Test
  void isNotDisturbedByWhatAKilledRunLeft() throws Exception {
    Files.writeString(root.resolve(".nb-install.tmp"), "half");
    place("/key");
    assertThat(root.resolve("key")).hasContent("content");
    assertThat(root.resolve(".nb-install.tmp")).doesNotExist();
  }

  @Test
  void isNotLeftThroughASymlinkedFolder() throws Exception {
    Files.createSymbolicLink(root.resolve("etc"), outside);
    assertThatThrownBy(() -> place("/etc/key"))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.reason()).isEqualTo("PATH_UNSAFE"));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void isNotLeftThroughASymlinkInThePlaceOfTheFile() throws Exception {
    Path victim = Files.writeString(outside.resolve("victim"), "untouched");
    Files.createSymbolicLink(root.resolve("key"), victim);
    place("/key");
    assertThat(victim).hasContent("untouched");
    assertThat(root.resolve("key")).isRegularFile().hasContent("content");
    assertThat(Files.isSymbolicLink(root.resolve("key"))).isFalse();
  }

  @Test
  void isNotLeftThroughASymlinkInThePlaceOfTheTemporaryFile() throws Exception {
    Path victim = Files.writeString(outside.resolve("victim"), "untouched");
    Files.createSymbolicLink(root.resolve(".nb-install.tmp"), victim);
    place("/key");
    assertThat(victim).hasContent("untouched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "etc/key", "/../key", "/a/../b", "/a//b", "/a/./b", "/a/", "/a\nb"})
  void takesPlainPathsOnly(String path) {
    assertThatThrownBy(() -> place(path)).isInstanceOf(Failure.class);
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void mustBeThere() {
    assertThatThrownBy(() -> TargetRoot.open(folder.resolve("nowhere")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is not a folder");
  }
}
