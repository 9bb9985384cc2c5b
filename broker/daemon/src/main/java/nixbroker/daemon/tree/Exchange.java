package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * Swaps the staged files with those of the tree, and back. Either way only looks at what is there,
 * so it goes on where a crash ended it.
 */
final class Exchange {
  // Who can save a file more often between two swaps is no editor.
  private static final int PATIENCE = 100;

  private final Path top;
  private final Stage stage;
  private final Manifest manifest;

  Exchange(Repository repository, Stage stage, Manifest manifest) {
    this.top = repository.top();
    this.stage = stage;
    this.manifest = manifest;
  }

  /** The paths whose file is neither the old nor the new one. */
  List<SecretPath> foreign() throws IOException {
    List<SecretPath> foreign = new ArrayList<>();
    for (Manifest.Item item : manifest.items()) {
      String there = there(item);
      if (!there.equals(item.oldHash()) && !there.equals(item.newHash())) {
        foreign.add(item.path());
      }
    }
    return foreign;
  }

  private String there(Manifest.Item item) throws IOException {
    try (Folder folder = Folder.of(top, item.path()).orElse(null)) {
      return folder == null ? Hashes.ABSENT : Hashes.of(folder, leaf(item.path()));
    }
  }

  /**
   * Brings every new file to its place, durably.
   *
   * @throws Refusal.Conflict FILE_CHANGED when the user's edit was met, and is where it was
   */
  void forward() throws IOException {
    for (SecretPath made : manifest.folders()) {
      try (Folder parent = Folder.of(top, made).orElseThrow(() -> changed(made))) {
        if (!isThere(top, made)) {
          parent.create(leaf(made));
        }
      }
    }
    for (Manifest.Item item : manifest.items()) {
      forward(item);
    }
    sync();
  }

  private void forward(Manifest.Item item) throws IOException {
    String name = leaf(item.path());
    try (Folder folder = Folder.of(top, item.path()).orElseThrow(() -> changed(item.path()))) {
      String there = Hashes.of(folder, name);
      if (there.equals(item.newHash())) {
        return;
      }
      if (!there.equals(item.oldHash())) {
        throw changed(item.path());
      }
      if (item.isNew()) {
        stage.folder().move(item.name(), folder, name);
        return;
      }
      stage.folder().exchange(item.name(), folder, name);
      if (!settled(item.oldHash(), item, folder, item.newHash())) {
        throw changed(item.path());
      }
    } catch (Linux.Errno e) {
      if (e.number() == Linux.EEXIST || e.number() == Linux.ENOENT) {
        throw changed(item.path());
      }
      throw e;
    }
  }

  /** Brings every old file back, durably; returns the paths where a user's edit was left alone. */
  List<SecretPath> back() throws IOException {
    List<SecretPath> left = new ArrayList<>();
    for (Manifest.Item item : manifest.items().reversed()) {
      if (!back(item)) {
        left.add(item.path());
      }
    }
    for (SecretPath made : manifest.folders().reversed()) {
      try (Folder parent = Folder.of(top, made).orElse(null)) {
        if (parent != null) {
          removeIfEmpty(parent, leaf(made));
        }
      }
    }
    sync();
    return left;
  }

  private static void removeIfEmpty(Folder parent, String name) throws IOException {
    try {
      parent.delete(name);
    } catch (DirectoryNotEmptyException e) {
      // Somebody put a file there meanwhile: then it is theirs.
      return;
    }
  }

  private boolean back(Manifest.Item item) throws IOException {
    try (Folder folder = Folder.of(top, item.path()).orElse(null)) {
      if (folder == null) {
        return item.isNew();
      }
      String name = leaf(item.path());
      String there = Hashes.of(folder, name);
      String staged = Hashes.of(stage.folder(), item.name());
      if (there.equals(item.newHash()) && staged.equals(item.oldHash())) {
        return item.isNew() ? takenOut(item, folder) : swappedBack(item, folder);
      }
      return there.equals(item.oldHash());
    }
  }

  private boolean swappedBack(Manifest.Item item, Folder folder) throws IOException {
    stage.folder().exchange(item.name(), folder, leaf(item.path()));
    return settled(item.newHash(), item, folder, item.oldHash());
  }

  private boolean takenOut(Manifest.Item item, Folder folder) throws IOException {
    String name = leaf(item.path());
    folder.move(name, stage.folder(), item.name());
    if (Hashes.of(stage.folder(), item.name()).equals(item.newHash())) {
      return true;
    }
    stage.folder().move(item.name(), folder, name);
    return false;
  }

  /**
   * After a swap that put {@code put} in place: true when {@code expected} came out. Else somebody
   * saved the file just then, and it is swapped until what they saved last is in its place.
   */
  private boolean settled(String expected, Manifest.Item item, Folder folder, String put)
      throws IOException {
    String inPlace = put;
    String cameOut = Hashes.of(stage.folder(), item.name());
    if (cameOut.equals(expected)) {
      return true;
    }
    for (int i = 0; i < PATIENCE; i++) {
      stage.folder().exchange(item.name(), folder, leaf(item.path()));
      String next = Hashes.of(stage.folder(), item.name());
      if (next.equals(inPlace)) {
        return false;
      }
      inPlace = cameOut;
      cameOut = next;
    }
    throw new IOException(item.path() + " changes all the time");
  }

  private void sync() throws IOException {
    Set<SecretPath> inside = new LinkedHashSet<>();
    for (SecretPath made : manifest.folders()) {
      inside.add(made);
    }
    inside.addAll(manifest.paths());
    Set<Path> synced = new LinkedHashSet<>();
    for (SecretPath path : inside) {
      try (Folder folder = Folder.of(top, path).orElse(null)) {
        if (folder != null && synced.add(folder.path())) {
          folder.sync();
        }
      }
    }
    stage.folder().sync();
  }

  static String leaf(SecretPath path) {
    return path.text().substring(path.text().lastIndexOf('/') + 1);
  }

  static boolean isThere(Path top, SecretPath folder) throws IOException {
    try (Folder open = Folder.walk(top, List.of(folder.text().split("/"))).orElse(null)) {
      return open != null;
    }
  }

  private static Refusal.Conflict changed(SecretPath path) {
    return new Refusal.Conflict(
        Reason.FILE_CHANGED,
        path + " was changed by somebody else meanwhile",
        "look at it, commit or discard the edit, then try again");
  }
}
