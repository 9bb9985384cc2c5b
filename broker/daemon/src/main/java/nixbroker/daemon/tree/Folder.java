package nixbroker.daemon.tree;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * An open folder. Names are looked up in the folder that was opened, whatever has taken its path
 * since, and no symbolic link is followed.
 */
final class Folder implements AutoCloseable {
  /** No sops file comes near it; reading stops there. */
  static final int LARGEST = 32 << 20;

  private int fd;
  private final Path path;

  private Folder(int fd, Path path) {
    this.fd = fd;
    this.path = path;
  }

  /** Opens a folder by its absolute path. */
  static Folder open(Path path) throws IOException {
    return new Folder(Linux.openFolder(path.toString()), path);
  }

  /**
   * Opens the folder of a file, from the top part by part; empty where one of them is not there.
   *
   * @throws Refusal.Declined PATH_UNSAFE for a symbolic link or a file on the way
   */
  static Optional<Folder> of(Path top, SecretPath file) throws IOException {
    String[] parts = file.text().split("/");
    return walk(top, List.of(parts).subList(0, parts.length - 1));
  }

  static Optional<Folder> walk(Path top, List<String> parts) throws IOException {
    Folder folder = open(top);
    for (String part : parts) {
      try (Folder parent = folder) {
        folder = parent.child(part);
      } catch (Linux.Errno e) {
        if (e.number() == Linux.ENOENT) {
          return Optional.empty();
        }
        throw e;
      }
    }
    return Optional.of(folder);
  }

  private Folder child(String name) throws IOException {
    try {
      return new Folder(Linux.openFolder(fd, name), path.resolve(name));
    } catch (Linux.Errno e) {
      if (e.number() == Linux.ENOTDIR || e.number() == Linux.ELOOP) {
        throw unsafe(path.resolve(name) + " is a symbolic link or a file, not a folder");
      }
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** The entry by way of the open descriptor. */
  // One name, never a path: a name may come from a file that somebody else wrote.
  private Path entry(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException("not the name of one entry");
    }
    return Path.of("/proc/self/fd/" + fd, name);
  }

  /** What a file holds, and who may use it how. */
  record Content(byte[] bytes, int mode, int uid, int gid) {}

  /**
   * Reads a regular file; empty when there is nothing of this name.
   *
   * @throws Refusal.Declined PATH_UNSAFE for anything else, or more than {@link #LARGEST} bytes
   */
  Optional<Content> read(String name) throws IOException {
    int file;
    try {
      file = Linux.openFile(fd, name);
    } catch (Linux.Errno e) {
      if (e.number() == Linux.ENOENT) {
        return Optional.empty();
      }
      if (e.number() == Linux.ELOOP || e.number() == Linux.ENXIO) {
        throw unsafe(path.resolve(name) + " is not a regular file");
      }
      throw e;
    }
    try {
      return Optional.of(content(name, Path.of("/proc/self/fd/" + file)));
    } finally {
      Linux.close(file);
    }
  }

  private Content content(String name, Path open) throws IOException {
    Map<String, Object> facts = Files.readAttributes(open, "unix:isRegularFile,size,mode,uid,gid");
    if (!(boolean) facts.get("isRegularFile")) {
      throw unsafe(path.resolve(name) + " is not a regular file");
    }
    if ((long) facts.get("size") > LARGEST) {
      throw unsafe(path.resolve(name) + " is larger than " + (LARGEST >> 20) + " MiB");
    }
    int mode = (int) facts.get("mode") & 07777;
    return new Content(
        Files.readAllBytes(open), mode, (int) facts.get("uid"), (int) facts.get("gid"));
  }

  /** Writes a file that is not there yet; not durable. */
  void write(String name, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(entry(name), CREATE_NEW, WRITE, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining()) {
        channel.write(rest, rest.position());
      }
    } catch (FileSystemException e) {
      throw named(e, name);
    }
  }

  /** Gives a file the mode and owner of another. */
  void own(String name, Content like) throws IOException {
    Map<String, Object> is =
        Files.readAttributes(entry(name), "unix:uid,gid,mode", LinkOption.NOFOLLOW_LINKS);
    if ((int) is.get("uid") != like.uid()) {
      Files.setAttribute(entry(name), "unix:uid", like.uid(), LinkOption.NOFOLLOW_LINKS);
    }
    if ((int) is.get("gid") != like.gid()) {
      Files.setAttribute(entry(name), "unix:gid", like.gid(), LinkOption.NOFOLLOW_LINKS);
    }
    if (((int) is.get("mode") & 07777) != like.mode()) {
      Files.setAttribute(entry(name), "unix:mode", like.mode());
    }
  }

  void create(String name) throws IOException {
    try {
      Files.createDirectory(entry(name));
    } catch (FileSystemException e) {
      throw named(e, name);
    }
  }

  /** Removes a file or an empty folder; false when it is not there. */
  boolean delete(String name) throws IOException {
    try {
      Files.delete(entry(name));
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (FileSystemException e) {
      throw named(e, name);
    }
  }

  void exchange(String name, Folder other, String otherName) throws IOException {
    Linux.exchange(fd, name, other.fd, otherName);
  }

  void move(String name, Folder other, String otherName) throws IOException {
    Linux.move(fd, name, other.fd, otherName);
  }

  void sync() throws IOException {
    Linux.fsync(fd);
  }

  void syncFileSystem() throws IOException {
    Linux.syncfs(fd);
  }

  long device() throws IOException {
    return (long) Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:dev");
  }

  /** Closes the descriptor, once. */
  @Override
  public void close() throws IOException {
    int open = fd;
    fd = -1;
    if (open >= 0) {
      Linux.close(open);
    }
  }

  private IOException named(FileSystemException e, String name) {
    if (e instanceof java.nio.file.DirectoryNotEmptyException) {
      return e;
    }
    return new FileSystemException(path.resolve(name).toString(), null, e.getReason());
  }

  private static Refusal.Declined unsafe(String cause) {
    return new Refusal.Declined(Reason.PATH_UNSAFE, cause, "put a regular file in its place");
  }
}
