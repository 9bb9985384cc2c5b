package nixbroker.daemon.mint;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static nixbroker.daemon.refusal.Reason.IO_FAILED;
import static nixbroker.daemon.refusal.Reason.RECOVERY_FILE_REFUSED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import nixbroker.daemon.refusal.Refusal;

/** Where recovery.age goes: a new file, 0600, outside every git work tree. */
record RecoveryFile(Path path) {

  /** Checks a place; nothing is made yet. */
  static RecoveryFile at(Path path) {
    if (!path.isAbsolute() || path.getFileName() == null) {
      throw refused(path + " is not an absolute path of a file", "--recovery-file /absolute/path");
    }
    Path file = path.normalize();
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(
          file + " is there already", "move it away, or name another with --recovery-file");
    }
    Path folder = file.getParent();
    if (!Files.isDirectory(folder)) {
      throw refused("there is no folder " + folder, "mkdir -p " + folder);
    }
    try {
      for (Path at = folder.toRealPath(); at != null; at = at.getParent()) {
        if (Files.exists(at.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
          throw refused(
              file + " is inside the git work tree " + at,
              "name a place outside it with --recovery-file: a passphrase file in a repository can be guessed offline");
        }
      }
    } catch (IOException e) {
      throw refused(folder + " cannot be read", "name another place with --recovery-file");
    }
    return new RecoveryFile(file);
  }

  /** Durable when it returns. */
  void write(byte[] content) {
    Path temporary = path.resolveSibling("." + path.getFileName() + ".new");
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try {
      Files.deleteIfExists(temporary);
      try (var file = FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException e) {
      throw new Refusal.Declined(
          IO_FAILED,
          path + " cannot be written",
          "make room, or name another place with --recovery-file");
    }
  }

  /** Takes back a file whose master key never came to be. */
  void remove() {
    try {
      Files.deleteIfExists(path);
      syncFolder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void syncFolder() throws IOException {
    try (var folder = FileChannel.open(path.getParent(), READ)) {
      folder.force(true);
    }
  }

  private static Refusal refused(String cause, String remedy) {
    return new Refusal.Declined(RECOVERY_FILE_REFUSED, cause, remedy);
  }
}
