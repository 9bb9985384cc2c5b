package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** The trees of the configuration and their one transaction thread. */
public final class Trees implements AutoCloseable {
  private final Map<TreeName, Path> folders;
  private final Git git;
  private final Ledger ledger;
  private final SecureRandom random = new SecureRandom();
  private final ThreadPoolExecutor thread;
  // Only the thread "apply" looks at it.
  private final Set<TreeName> unfinished = ConcurrentHashMap.newKeySet();

  /** git: a program name, or a path. */
  public Trees(Map<TreeName, Path> folders, Path git, Ledger ledger) {
    this.folders = Map.copyOf(folders);
    this.git = new Git(git);
    this.ledger = ledger;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("apply").daemon().factory());
    thread.prestartCoreThread();
  }

  /** The names of the configuration, sorted. */
  public List<TreeName> names() {
    return folders.keySet().stream()
        .sorted((one, other) -> one.text().compareTo(other.text()))
        .toList();
  }

  /**
   * The folder as configured.
   *
   * @throws Refusal.Usage TREE_UNKNOWN
   */
  public Path folder(TreeName name) {
    Path folder = folders.get(name);
    if (folder == null) {
      throw new Refusal.Usage(
          Reason.TREE_UNKNOWN,
          "there is no tree '" + name + "'",
          "name one of " + names() + ", or add it under trees: in the configuration");
    }
    return folder;
  }

  /**
   * Opens a tree afresh.
   *
   * @throws Refusal.Usage TREE_UNKNOWN
   * @throws Refusal.Declined TREE_NOT_GIT, GIT_FAILED
   */
  public Tree open(TreeName name) {
    return new Tree(name, repository(name), this);
  }

  private Repository repository(TreeName name) {
    try {
      return Repository.of(git, folder(name));
    } catch (IOException e) {
      throw ioFailed(e);
    }
  }

  /**
   * Finishes or undoes what a crash left; a line for each thing met, beginning with the tree's
   * name. Called once at start. A tree that could not be looked at is tried again before it is next
   * changed.
   */
  public List<String> recover() {
    return onThread(
        () -> {
          Map<TreeName, List<String>> reports =
              new TreeMap<>((a, b) -> a.text().compareTo(b.text()));
          for (TreeName name : names()) {
            unfinished.add(name);
            reports.put(name, recovered(name));
          }
          List<String> lines = new ArrayList<>();
          reports.forEach((name, report) -> report.forEach(line -> lines.add(name + ": " + line)));
          return lines;
        });
  }

  private List<String> recovered(TreeName name) {
    try {
      List<String> report = new Recovery(repository(name), name.text(), ledger).run();
      unfinished.remove(name);
      return report;
    } catch (IOException e) {
      return List.of("not recovered: " + ioFailed(e).cause());
    } catch (Refusal e) {
      return List.of("not recovered: " + e.cause());
    }
  }

  boolean isUnfinished(TreeName name) {
    return unfinished.contains(name);
  }

  String apply(TreeName name, Tree.Change change, Requester requester) {
    return onThread(
        () -> {
          if (unfinished.contains(name)) {
            List<String> report = recovered(name);
            if (unfinished.contains(name)) {
              throw new Refusal.Conflict(
                  Reason.TREE_BUSY, String.join("; ", report), "mend that, then try again");
            }
          }
          byte[] id = new byte[8];
          random.nextBytes(id);
          Repository repository = repository(name);
          // Stays there only if this ends in a way nobody expected.
          unfinished.add(name);
          try {
            String commit =
                new Apply(repository, name.text(), ledger, requester)
                    .run(change, HexFormat.of().formatHex(id));
            unfinished.remove(name);
            return commit;
          } catch (Refusal e) {
            unfinished.remove(name);
            throw e;
          } catch (Apply.Unfinished e) {
            throw new Refusal.Declined(
                Reason.IO_FAILED,
                e.getMessage(),
                "mend that; the next change, or restarting nbrokerd, finishes or undoes this one");
          } catch (IOException e) {
            unfinished.remove(name);
            throw ioFailed(e);
          }
        });
  }

  // A caller that goes away does not take a transaction with it.
  private <T> T onThread(Callable<T> work) {
    Future<T> future = thread.submit(work);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case RuntimeException unchecked -> unchecked;
        case Throwable other -> new IllegalStateException(other);
      };
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Refusal.Declined ioFailed(IOException e) {
    String what =
        e instanceof FileSystemException file && file.getReason() == null
            ? file.getClass().getSimpleName() + ": " + file.getMessage()
            : e.getMessage();
    return new Refusal.Declined(
        Reason.IO_FAILED,
        "a file could not be read or written: " + what,
        "free space or mend the disk, then try again");
  }

  /** Lets a running transaction end. */
  @Override
  public void close() {
    thread.close();
  }
}
