package nixbroker.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One broker for one state folder. The kernel drops the lock with the process, however that ends;
 * the file stays and holds the pid of its last owner.
 */
final class InstanceLock implements AutoCloseable {
  private final FileChannel channel;

  private InstanceLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Refused with the other's pid when the folder is taken. */
  static InstanceLock take(Path stateFolder) {
    Path file = stateFolder.resolve("broker.lock");
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      if (!locked(channel)) {
        channel.close();
        String pid = Files.readString(file, StandardCharsets.US_ASCII).strip();
        throw new StartFailure(
            StartFailure.REFUSED,
            "a broker (pid " + pid + ") already runs on " + stateFolder,
            "kill " + pid + ", or use it: nbctl status");
      }
      channel.truncate(0);
      channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
      return new InstanceLock(channel);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.REFUSED,
          file + " cannot be locked (" + e.getClass().getSimpleName() + ")",
          "ls -l " + file);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
