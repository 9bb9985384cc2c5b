package nixbroker.daemon.ledger;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The ledger's file: whole lines at its end, durable, or nothing. */
final class LedgerFile {
  private final Path path;
  private FileChannel channel;
  private long length;
  private boolean unusable;

  private LedgerFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static LedgerFile open(Path folder, Path path) throws IOException {
    createFolder(folder.toAbsolutePath());
    var mode = PosixFilePermissions.fromString("rw-------");
    try {
      var created =
          FileChannel.open(
              path, Set.of(CREATE_NEW, WRITE), PosixFilePermissions.asFileAttribute(mode));
      created.force(true);
      sync(folder);
      return new LedgerFile(path, created);
    } catch (FileAlreadyExistsException e) {
      FileChannel existing = FileChannel.open(path, WRITE, LinkOption.NOFOLLOW_LINKS);
      Files.setPosixFilePermissions(path, mode);
      return new LedgerFile(path, existing);
    }
  }

  private static void createFolder(Path folder) throws IOException {
    var mode = PosixFilePermissions.fromString("rwx------");
    if (Files.isDirectory(folder)) {
      Files.setPosixFilePermissions(folder, mode);
      return;
    }
    Path parent = folder.getParent();
    if (!Files.isDirectory(parent)) {
      createFolder(parent);
    }
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(mode));
    sync(parent);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel opened = FileChannel.open(folder, READ)) {
      opened.force(true);
    }
  }

  /** Leaves the first {@code whole} bytes: what stands behind them is half a line. */
  void cutTo(long whole) throws IOException {
    length = whole;
    if (channel.size() > whole) {
      channel.truncate(whole);
      channel.force(false);
    }
  }

  /** Appends; LEDGER_FAILED with the file as it was, or for good when even that fails. */
  void append(byte[] line) {
    if (unusable) {
      throw Ledger.failed("the ledger could not be written and is closed", "restart nbrokerd");
    }
    // An interrupt closes the channel under our feet: the request may be cancelled, a record not.
    boolean interrupted = Thread.interrupted();
    try {
      while (!appended(line)) {
        interrupted |= Thread.interrupted();
        reopen();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean appended(byte[] line) {
    try {
      ByteBuffer rest = ByteBuffer.wrap(line);
      while (rest.hasRemaining()) {
        channel.write(rest, length + rest.position());
      }
      channel.force(false);
      length += line.length;
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    } catch (IOException e) {
      takeBack();
      throw Ledger.failed(
          "the ledger cannot be written: " + e.getMessage(),
          "free space or mend the disk under " + path);
    }
  }

  private void takeBack() {
    try {
      channel.truncate(length);
      channel.force(false);
    } catch (IOException e) {
      unusable = true;
      throw Ledger.failed(
          "the ledger cannot be written, nor cut back: " + e.getMessage(),
          "mend the disk under " + path + " and restart nbrokerd");
    }
  }

  private void reopen() {
    try {
      channel = FileChannel.open(path, WRITE, LinkOption.NOFOLLOW_LINKS);
      channel.truncate(length);
    } catch (IOException e) {
      unusable = true;
      throw Ledger.failed("the ledger cannot be reopened: " + e.getMessage(), "check " + path);
    }
  }

  void close() throws IOException {
    unusable = true;
    channel.close();
  }
}
