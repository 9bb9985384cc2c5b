package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Refusal;

/** Finishes or undoes what a crash left of the transactions of one tree. */
final class Recovery {
  private static final Requester NOBODY = new Requester("", "", "", "", "", "", "", "", "");

  private final Repository repository;
  private final String tree;
  private final Ledger ledger;
  private final List<String> report = new ArrayList<>();

  Recovery(Repository repository, String tree, Ledger ledger) {
    this.repository = repository;
    this.tree = tree;
    this.ledger = ledger;
  }

  /** Returns a line for each thing it met. */
  List<String> run() throws IOException {
    Map<String, Event.Intent> open = open(ledger);
    for (Event.Intent intent : open.values()) {
      if (intent.tree().equals(tree)) {
        Busy.check(repository);
        recover(intent);
      }
    }
    for (Path root : Stage.roots(repository)) {
      for (Path left : stages(root)) {
        String id = left.getFileName().toString().replace(Stage.ABORTED, "");
        if (!begun(id)) {
          remove(left);
        } else if (!open.containsKey(id)) {
          clean(left);
        }
      }
    }
    return report;
  }

  /** The transactions without an end, oldest first. */
  static Map<String, Event.Intent> open(Ledger ledger) {
    Map<String, Event.Intent> open = new LinkedHashMap<>();
    for (Ledger.Entry entry : ledger.entries()) {
      if (entry.event() instanceof Event.Intent intent) {
        open.put(intent.id(), intent);
      } else if (entry.event() instanceof Event.Done done) {
        open.remove(done.id());
      } else if (entry.event() instanceof Event.Aborted aborted) {
        open.remove(aborted.id());
      }
    }
    return open;
  }

  // The place in the tree is the repository's too: what is there need not be ours, nor a folder.
  private static List<Path> stages(Path root) throws IOException {
    if (!isFolder(root.getParent()) || !isFolder(root)) {
      return List.of();
    }
    try (var all = Files.list(root)) {
      return all.filter(Recovery::isFolder)
          .filter(path -> Stage.NAME.matcher(path.getFileName().toString()).matches())
          .toList();
    }
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private void recover(Event.Intent intent) throws IOException {
    Path path = Path.of(intent.stage());
    Path marked = path.resolveSibling(path.getFileName() + Stage.ABORTED);
    if (isThere(marked)) {
      ledger.append(new Event.Aborted(tree, intent.id(), "undone before the broker ended"));
      report.add("undone before: " + intent.what());
      clean(marked);
    } else if (!isThere(path)) {
      ledger.append(new Event.Aborted(tree, intent.id(), "its stage is gone"));
      report.add("given up, its stage is gone: " + intent.what() + "; see git status");
    } else {
      try (Stage stage = Stage.open(path)) {
        recover(
            intent,
            stage,
            stage.manifest().orElseThrow(() -> new IOException(path + " has no manifest")));
      }
    }
  }

  private void recover(Event.Intent intent, Stage stage, Manifest manifest) throws IOException {
    var transaction =
        new Transaction(repository, stage, manifest, NOBODY, intent.head(), intent.commit());
    // Once HEAD has it, later edits of the files are edits of the new ones.
    if (transaction.isPublished()) {
      transaction.finishIndex();
      done(intent, stage, manifest, repository.head());
      return;
    }
    List<SecretPath> foreign = transaction.exchange().foreign();
    if (!foreign.isEmpty()) {
      undo(intent, transaction, stage, manifest, "edited meanwhile: " + foreign);
      return;
    }
    try {
      transaction.forward();
    } catch (Refusal.Conflict e) {
      undo(intent, transaction, stage, manifest, e.cause());
      return;
    }
    done(intent, stage, manifest, transaction.commit());
  }

  private void done(Event.Intent intent, Stage stage, Manifest manifest, String commit)
      throws IOException {
    ledger.append(new Event.Done(tree, intent.id(), commit));
    report.add("finished: " + intent.what() + " (commit " + commit + ")");
    kept(stage.clean(manifest));
  }

  private void undo(
      Event.Intent intent, Transaction transaction, Stage stage, Manifest manifest, String why)
      throws IOException {
    List<SecretPath> left = transaction.back();
    try (Stage marked = stage.aborted()) {
      ledger.append(new Event.Aborted(tree, intent.id(), why));
      report.add(
          "undone: "
              + intent.what()
              + " ("
              + why
              + (left.isEmpty() ? ")" : "); left as they are: " + left));
      kept(marked.clean(manifest));
    }
  }

  private boolean begun(String id) {
    return ledger.entries().stream()
        .anyMatch(entry -> entry.event() instanceof Event.Intent intent && intent.id().equals(id));
  }

  /** A stage without INTENT: nothing in it ever was in the tree. */
  private void remove(Path path) throws IOException {
    try (Stage stage = Stage.open(path)) {
      Optional<Manifest> manifest = stage.manifest();
      if (manifest.isPresent() && path.endsWith(manifest.get().id())) {
        new Probe(repository, stage, manifest.get()).remove();
      }
      stage.remove();
    }
  }

  /** A stage whose transaction has ended; without a manifest it is half removed. */
  private void clean(Path path) throws IOException {
    try (Stage stage = Stage.open(path)) {
      Optional<Manifest> manifest = stage.manifest();
      if (manifest.isPresent()) {
        kept(stage.clean(manifest.get()));
      } else {
        stage.remove();
      }
    }
  }

  private void kept(List<String> files) {
    if (!files.isEmpty()) {
      report.add("somebody wrote into a replaced file, kept: " + String.join(", ", files));
    }
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
