package nixbroker.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A ticket file: its name is taken (0600, empty) before the ticket exists and given back unless the
 * ticket came. The content arrives by rename, so a reader finds all of it or nothing.
 */
final class TicketFile implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private boolean given;

  private TicketFile(Path file) {
    this.file = file;
  }

  /** Throws a {@link Failure} when the file exists or cannot be made. */
  static TicketFile reserve(Path file) {
    try {
      create(file).close();
      return new TicketFile(file);
    } catch (FileAlreadyExistsException e) {
      throw Failure.of(
          Exit.REFUSED,
          "FILE_EXISTS",
          file + " exists already; no ticket was issued",
          "name another file with -o, or remove it");
    } catch (NoSuchFileException e) {
      throw Failure.io(
          "there is no folder for " + file + "; no ticket was issued", "name another with -o");
    } catch (IOException e) {
      throw Failure.io(
          "cannot create " + file + ": " + reason(e) + "; no ticket was issued",
          "name another file with -o");
    }
  }

  void write(byte[] ticket) {
    Path temporary =
        file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try (FileChannel channel = create(temporary)) {
        ByteBuffer rest = ByteBuffer.wrap(ticket);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        given = true;
      } finally {
        Files.deleteIfExists(temporary);
      }
      try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
        folder.force(true);
      }
    } catch (IOException e) {
      throw Failure.io(
          "cannot write " + file + ": " + reason(e), "issue another ticket elsewhere with -o");
    }
  }

  private static FileChannel create(Path path) throws IOException {
    return FileChannel.open(
        path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE);
  }

  private static String reason(IOException error) {
    return error instanceof java.nio.file.FileSystemException system && system.getReason() != null
        ? system.getReason()
        : error.getClass().getSimpleName();
  }

  @Override
  public synchronized void close() {
    if (given) {
      return;
    }
    given = true;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failure.io("cannot remove the empty " + file + ": " + reason(e), "remove it");
    }
  }
}
