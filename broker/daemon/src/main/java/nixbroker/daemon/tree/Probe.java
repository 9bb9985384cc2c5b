package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** Tries, before anything is promised, whether files can go from a stage to their folders. */
final class Probe {
  private static final String FIRST = "probe";
  private static final String SECOND = "probe2";

  private final Repository repository;
  private final Stage stage;
  private final Manifest manifest;

  Probe(Repository repository, Stage stage, Manifest manifest) {
    this.repository = repository;
    this.stage = stage;
    this.manifest = manifest;
  }

  /**
   * False when a folder is on another file system.
   *
   * @throws Refusal.Declined FILE_SYSTEM_UNSUPPORTED where two files cannot be exchanged
   */
  boolean reaches() throws IOException {
    stage.folder().write(FIRST, new byte[0]);
    stage.folder().write(SECOND, new byte[0]);
    try {
      stage.folder().exchange(FIRST, stage.folder(), SECOND);
      return reachesAll();
    } catch (Linux.Errno e) {
      if (e.number() == Linux.EINVAL) {
        throw new Refusal.Declined(
            Reason.FILE_SYSTEM_UNSUPPORTED,
            "the file system of " + stage.path() + " cannot exchange two files",
            "keep the tree on ext4, xfs, btrfs or tmpfs");
      }
      throw e;
    } finally {
      stage.folder().delete(FIRST);
      stage.folder().delete(SECOND);
    }
  }

  private boolean reachesAll() throws IOException {
    for (SecretPath path : firstOfEachFolder()) {
      try (Folder folder = Folder.of(repository.top(), path).orElseThrow()) {
        stage.folder().move(FIRST, folder, name());
        takeBack(folder);
      } catch (Linux.Errno e) {
        if (e.number() == Linux.EXDEV) {
          return false;
        }
        throw e;
      }
    }
    return true;
  }

  private void takeBack(Folder folder) throws IOException {
    boolean back = false;
    try {
      folder.move(name(), stage.folder(), FIRST);
      back = true;
    } finally {
      if (!back) {
        folder.delete(name());
      }
    }
  }

  /** Removes what a crash left of a probe. */
  void remove() throws IOException {
    for (SecretPath path : firstOfEachFolder()) {
      try (Folder folder = Folder.of(repository.top(), path).orElse(null)) {
        if (folder != null) {
          folder.delete(name());
        }
      }
    }
  }

  private String name() {
    return ".nixbroker-" + manifest.id();
  }

  // A folder that is still to be made is on the file system of the one above.
  private Iterable<SecretPath> firstOfEachFolder() {
    Map<String, SecretPath> first = new LinkedHashMap<>();
    for (Manifest.Item item : manifest.items()) {
      SecretPath path = item.path();
      for (SecretPath made : manifest.folders()) {
        if (item.path().text().startsWith(made.text() + "/")) {
          path = made;
          break;
        }
      }
      first.putIfAbsent(Path.of("/" + path).getParent().toString(), path);
    }
    return first.values();
  }
}
