package nixbroker.installer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nixbroker.proto.v1.PlacedFile;

/**
 * Places files below the target's root, walking by descriptor from it: no symlink below the root is
 * followed, whatever it points to. A file is durable, with its mode and owner, when place returns.
 */
final class TargetRoot implements AutoCloseable {
  private static final int FOLDER_MODE = 0755;
  private static final String TEMPORARY = ".nb-install.tmp";

  private final Path root;
  private final int rootFolder;
  private final boolean setsOwners = Posix.isRoot();

  private TargetRoot(Path root, int rootFolder) {
    this.root = root;
    this.rootFolder = rootFolder;
  }

  static TargetRoot open(Path root) throws Failure {
    try {
      return new TargetRoot(root, Posix.openFolder(root.toString()));
    } catch (Posix.Error e) {
      throw Failure.command(
          root + " is not a folder that can be opened",
          "the disko step has to mount the target there; or give another --root");
    }
  }

  /** Whether a path is absolute, has a name, and no empty part, ".", ".." or control character. */
  static boolean isPlain(String path) {
    if (!path.startsWith("/") || path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      return false;
    }
    return Arrays.stream(path.substring(1).split("/", -1))
        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  /** False: owners cannot be set, because this program is not root. */
  boolean setsOwners() {
    return setsOwners;
  }

  void place(PlacedFile file) throws Failure {
    if (!isPlain(file.getPath())) {
      throw Failure.refused("PATH_UNSAFE", "not a plain path in the bundle", "");
    }
    List<String> parts = List.of(file.getPath().substring(1).split("/"));
    List<Integer> open = new ArrayList<>();
    try {
      int folder = rootFolder;
      for (String part : parts.subList(0, parts.size() - 1)) {
        folder = enter(folder, part);
        open.add(folder);
      }
      write(folder, parts.getLast(), file);
    } catch (Posix.Error e) {
      throw explained(file.getPath(), e);
    } finally {
      closeAll(open);
    }
  }

  private int enter(int folder, String name) throws Posix.Error {
    try {
      return Posix.openFolderAt(folder, name);
    } catch (Posix.Error e) {
      if (e.errno() != Posix.ENOENT) {
        throw e;
      }
    }
    Posix.makeFolderAt(folder, name, FOLDER_MODE);
    int made = Posix.openFolderAt(folder, name);
    Posix.chmod(made, FOLDER_MODE);
    Posix.sync(made);
    Posix.sync(folder);
    return made;
  }

  private void write(int folder, String name, PlacedFile file) throws Posix.Error {
    int out = createAfresh(folder);
    byte[] content = file.getContent().toByteArray();
    try {
      Posix.write(out, content);
      if (setsOwners) {
        Posix.chown(out, file.getUid(), file.getGid());
      }
      Posix.chmod(out, file.getMode());
      Posix.sync(out);
    } finally {
      Arrays.fill(content, (byte) 0);
      Posix.close(out);
    }
    Posix.renameAt(folder, TEMPORARY, name);
    Posix.sync(folder);
  }

  /** The temporary file; one that a killed run left behind is removed first. */
  private static int createAfresh(int folder) throws Posix.Error {
    try {
      return Posix.createAt(folder, TEMPORARY);
    } catch (Posix.Error e) {
      if (e.errno() != Posix.EEXIST) {
        throw e;
      }
      Posix.unlinkAt(folder, TEMPORARY);
      return Posix.createAt(folder, TEMPORARY);
    }
  }

  private Failure explained(String path, Posix.Error e) {
    String where = root + path;
    return switch (e.errno()) {
      case Posix.ELOOP, Posix.ENOTDIR ->
          Failure.refused(
              "PATH_UNSAFE",
              "a folder on the way to " + where + " is a symlink or no folder",
              "nothing is written through symlinks; look at what disko mounted");
      default ->
          Failure.command(
              "cannot write " + where + ": " + e.getMessage(), "look at the target's disk");
    };
  }

  private static void closeAll(List<Integer> folders) throws Failure {
    try {
      for (int folder : folders.reversed()) {
        Posix.close(folder);
      }
    } catch (Posix.Error e) {
      throw Failure.command("cannot close a folder of the target", "look at the target's disk");
    }
  }

  @Override
  public void close() {
    try {
      Posix.close(rootFolder);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
