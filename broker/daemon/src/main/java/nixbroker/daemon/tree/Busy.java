package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** Whether the user is in the middle of something in the repository. */
final class Busy {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);
  private static final Map<String, String> UNDERTAKINGS = undertakings();

  private Busy() {}

  private static Map<String, String> undertakings() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("MERGE_HEAD", "merge");
    all.put("rebase-merge", "rebase");
    all.put("rebase-apply", "rebase");
    all.put("CHERRY_PICK_HEAD", "cherry-pick");
    all.put("REVERT_HEAD", "revert");
    return all;
  }

  /**
   * Checks that no merge or the like is unfinished, and waits a moment for the lock of the index.
   *
   * @throws Refusal.Conflict TREE_BUSY
   */
  static void check(Repository repository) throws IOException {
    for (Map.Entry<String, String> each : UNDERTAKINGS.entrySet()) {
      if (exists(repository.gitFolder().resolve(each.getKey()))) {
        throw new Refusal.Conflict(
            Reason.TREE_BUSY,
            "a " + each.getValue() + " is in progress in " + repository.top(),
            "git " + each.getValue() + " --continue or --abort, then try again");
      }
    }
    awaitIndex(repository);
  }

  /** Waits up to 2 s until nobody writes the index. */
  static void awaitIndex(Repository repository) throws IOException {
    Path lock = repository.gitFolder().resolve("index.lock");
    if (!exists(lock)) {
      return;
    }
    long end = System.nanoTime() + PATIENCE;
    try (WatchService watch = lock.getFileSystem().newWatchService()) {
      lock.getParent().register(watch, StandardWatchEventKinds.ENTRY_DELETE);
      while (exists(lock)) {
        WatchKey key = watch.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (key == null) {
          break;
        }
        key.pollEvents();
        key.reset();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (exists(lock)) {
      throw new Refusal.Conflict(
          Reason.TREE_BUSY,
          "another git holds " + lock,
          "wait until it has ended; if none runs, remove that file");
    }
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
