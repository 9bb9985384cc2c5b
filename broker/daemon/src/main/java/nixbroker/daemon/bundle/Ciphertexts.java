package nixbroker.daemon.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** The claimed bundles' ciphertexts: {@code bundles/<id>.age}, 0600, durable when written. */
final class Ciphertexts {
  private static final System.Logger LOG = System.getLogger(Ciphertexts.class.getName());

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;

  Ciphertexts(Path stateFolder) {
    this.folder = stateFolder.resolve("bundles");
    try {
      Files.createDirectories(folder, OWNER_FOLDER);
    } catch (IOException e) {
      throw failed("make", folder, e);
    }
  }

  /** Durable when it returns. */
  void store(String bundle, byte[] ciphertext) {
    Path file = file(bundle);
    Path temporary = folder.resolve(bundle + ".tmp");
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel out =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              OWNER_ONLY)) {
        ByteBuffer rest = ByteBuffer.wrap(ciphertext);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException e) {
      throw failed("write", file, e);
    }
  }

  /** The stored bytes; refused when they are not those whose SHA-256 the ledger has. */
  byte[] read(String bundle, byte[] expectedHash) {
    Path file = file(bundle);
    byte[] ciphertext;
    try {
      ciphertext = Files.readAllBytes(file);
    } catch (IOException e) {
      throw failed("read", file, e);
    }
    if (!Sha256.same(Sha256.of(ciphertext), expectedHash)) {
      throw new Refusal.Declined(
          Reason.IO_FAILED,
          file + " is not what was stored when the bundle was claimed",
          "wait until the bundle expires, then issue another");
    }
    return ciphertext;
  }

  /** What cannot be deleted now goes at the next start: the bundle has ended in any case. */
  void delete(String bundle) {
    Path file = file(bundle);
    try {
      if (Files.deleteIfExists(file)) {
        syncFolder();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot delete " + file + " yet", e);
    }
  }

  /**
   * Deletes what no claimed bundle owns: leftovers of a crash before or after the ledger's line.
   */
  void keepOnly(Set<String> claimed) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{age,tmp}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(".tmp") || !claimed.contains(name.substring(0, name.length() - 4))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw failed("clean", folder, e);
    }
  }

  private Path file(String bundle) {
    return folder.resolve(bundle + ".age");
  }

  private void syncFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Refusal failed(String verb, Path path, IOException e) {
    return new Refusal.Declined(
        Reason.IO_FAILED,
        "cannot " + verb + " " + path + ": " + e.getMessage(),
        "look at the disk and the folder's permissions, then try again");
  }
}
