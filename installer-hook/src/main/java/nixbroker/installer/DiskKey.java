package nixbroker.installer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * The disk passphrase in a file, 0600, in a folder of its own on a tmpfs, for as long as disko
 * runs. Overwritten and removed on close, and when the program is told to end.
 */
final class DiskKey implements AutoCloseable {
  private static final List<Path> PLACES = List.of(Path.of("/run"), Path.of("/dev/shm"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final int length;
  private final Thread onEnd = new Thread(this::erase, "disk-key-eraser");
  private boolean erased;

  private DiskKey(Path file, int length) {
    this.file = file;
    this.length = length;
  }

  /**
   * Writes the passphrase (it stays the caller's) to a tmpfs.
   *
   * @param place a folder on a tmpfs; null: /run, else /dev/shm
   * @param root the target's root, where it must not be
   */
  static DiskKey write(byte[] passphrase, Path place, Path root) throws Failure {
    Path folder = place == null ? anyPlace() : place;
    try {
      Path real = folder.toRealPath();
      if (!isTmpfs(real)) {
        throw notThere(folder + " is not a tmpfs");
      }
      if (Files.exists(root) && real.startsWith(root.toRealPath())) {
        throw notThere(folder + " is below the target's root");
      }
      Path own = Files.createTempDirectory(real, "nb-install-");
      DiskKey key = new DiskKey(own.resolve("disk-key"), passphrase.length);
      Runtime.getRuntime().addShutdownHook(key.onEnd);
      key.fill(passphrase);
      return key;
    } catch (IOException e) {
      throw notThere("cannot write the disk key below " + folder);
    }
  }

  private void fill(byte[] passphrase) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
      writeAll(out, passphrase);
    }
  }

  private static void writeAll(FileChannel out, byte[] content) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(content);
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  private static Path anyPlace() throws Failure {
    for (Path place : PLACES) {
      if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
          && Files.isWritable(place)
          && isTmpfs(place)) {
        return place;
      }
    }
    throw notThere("neither /run nor /dev/shm is a tmpfs that can be written to");
  }

  /** Whether the mount that a real path lies on is a tmpfs or ramfs, by /proc/self/mounts. */
  static boolean isTmpfs(Path real) throws Failure {
    Path best = Path.of("/");
    String type = "";
    for (String line : mounts()) {
      String[] fields = line.split(" ");
      Path mount = Path.of(fields[1].replace("\\040", " ").replace("\\134", "\\"));
      if (real.startsWith(mount) && mount.getNameCount() >= best.getNameCount()) {
        best = mount;
        type = fields[2];
      }
    }
    return type.equals("tmpfs") || type.equals("ramfs");
  }

  private static List<String> mounts() throws Failure {
    try {
      return Files.readAllLines(Path.of("/proc/self/mounts"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw notThere("cannot read /proc/self/mounts");
    }
  }

  private static Failure notThere(String cause) {
    return Failure.refused(
        "IO_FAILED", cause, "give a folder on a tmpfs: nb-install --disk-key-folder DIR");
  }

  Path file() {
    return file;
  }

  private synchronized void erase() {
    if (erased) {
      return;
    }
    erased = true;
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
          writeAll(out, new byte[length]);
        }
        Files.delete(file);
      }
      Files.delete(file.getParent());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the disk key is left at " + file, e);
    }
  }

  @Override
  public void close() {
    erase();
    Runtime.getRuntime().removeShutdownHook(onEnd);
  }

  @Override
  public String toString() {
    return "DiskKey[" + file + "]";
  }
}
