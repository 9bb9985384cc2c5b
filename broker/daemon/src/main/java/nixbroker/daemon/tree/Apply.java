package nixbroker.daemon.tree;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** One transaction from its checks to its end, on the thread named "apply". */
final class Apply {
  private static final System.Logger LOG = System.getLogger(Apply.class.getName());

  private final Repository repository;
  private final String tree;
  private final Ledger ledger;
  private final Requester requester;

  Apply(Repository repository, String tree, Ledger ledger, Requester requester) {
    this.repository = repository;
    this.tree = tree;
    this.ledger = ledger;
    this.requester = requester;
  }

  /** It could be neither finished nor taken back; recovery has to try again. */
  static final class Unfinished extends Exception {
    private static final long serialVersionUID = 1L;

    Unfinished(String what) {
      super(what, null, false, false);
    }
  }

  /** Returns the commit; the one HEAD is at when nothing changes. */
  String run(Tree.Change change, String id) throws IOException, Unfinished {
    Busy.check(repository);
    Snapshot snapshot = Snapshot.of(repository, change);
    Manifest manifest = snapshot.manifest(repository, id, tree, change);
    if (manifest.items().isEmpty()) {
      return snapshot.head();
    }
    try (Stage stage = stage(manifest)) {
      String commit = prepared(stage, manifest, snapshot, change);
      var transaction =
          new Transaction(repository, stage, manifest, requester, snapshot.head(), commit);
      return visible(transaction, stage, manifest);
    }
  }

  private Stage stage(Manifest manifest) throws IOException {
    Stage stage = Stage.create(repository, manifest.id());
    if (reaches(stage, manifest)) {
      return stage;
    }
    Stage inTree = Stage.createInTree(repository, manifest.id());
    if (reaches(inTree, manifest)) {
      return inTree;
    }
    throw new Refusal.Declined(
        Reason.FILE_SYSTEM_UNSUPPORTED,
        repository.folder() + " is on more than one file system",
        "keep the files of a tree on one file system");
  }

  private boolean reaches(Stage stage, Manifest manifest) throws IOException {
    boolean reaches = false;
    try {
      stage.folder().write(Manifest.NAME, manifest.bytes());
      reaches = new Probe(repository, stage, manifest).reaches();
      return reaches;
    } finally {
      if (!reaches) {
        stage.remove();
      }
    }
  }

  /** Everything up to the durable INTENT; nothing stays behind when it fails. */
  private String prepared(Stage stage, Manifest manifest, Snapshot snapshot, Tree.Change change)
      throws IOException {
    boolean recorded = false;
    // Opened first: a descriptor hears only of errors since it was opened.
    try (Folder objects = Folder.open(repository.objects().toRealPath())) {
      GitCommit commits = GitCommit.of(repository, stage, requester);
      for (Manifest.Item item : manifest.items()) {
        stage.folder().write(item.name(), change.written().get(item.path()));
        if (!item.isNew()) {
          stage.folder().own(item.name(), snapshot.files().get(item.path()).orElseThrow());
        }
      }
      GitCommit.prepare(repository, stage);
      commits.blobs(manifest);
      String commit = commits.on(snapshot.head(), manifest);
      stage.folder().syncFileSystem();
      if (objects.device() != stage.folder().device()) {
        objects.syncFileSystem();
      }
      String what = Transaction.subject(manifest.message());
      String where = stage.path().toString();
      ledger.append(new Event.Intent(tree, manifest.id(), what, where, snapshot.head(), commit));
      recorded = true;
      return commit;
    } finally {
      if (!recorded) {
        stage.remove();
      }
    }
  }

  private String visible(Transaction transaction, Stage stage, Manifest manifest)
      throws Unfinished {
    try {
      transaction.forward();
      ledger.append(new Event.Done(tree, manifest.id(), transaction.commit()));
    } catch (Refusal e) {
      takeBack(transaction, stage, manifest, e.cause());
      throw e;
    } catch (IOException e) {
      takeBack(transaction, stage, manifest, e.getMessage());
      throw Trees.ioFailed(e);
    }
    finish(stage, manifest);
    return transaction.commit();
  }

  private void takeBack(Transaction transaction, Stage stage, Manifest manifest, String why)
      throws Unfinished {
    try {
      List<SecretPath> left = transaction.back();
      if (!left.isEmpty()) {
        LOG.log(System.Logger.Level.WARNING, "left as somebody else saved it: {0}", left);
      }
      aborted(stage, manifest, why);
    } catch (Refusal | IOException e) {
      throw new Unfinished(why + "; it could not be taken back: " + e.getMessage());
    }
  }

  /** The mark on the stage stands for the record where the ledger cannot take one. */
  private void aborted(Stage stage, Manifest manifest, String why) throws IOException {
    try (Stage marked = stage.aborted()) {
      ledger.append(new Event.Aborted(tree, manifest.id(), why));
      finish(marked, manifest);
    } catch (Refusal.Declined e) {
      LOG.log(System.Logger.Level.ERROR, "taken back, but not recorded: {0}", e.cause());
    }
  }

  // What is left of a stage now is removed at the next start.
  private static void finish(Stage stage, Manifest manifest) {
    try {
      List<String> kept = stage.clean(manifest);
      if (!kept.isEmpty()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "somebody wrote into a replaced file; kept: {0}",
            kept.stream().collect(Collectors.joining(", ")));
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "a stage stays until the next start: {0}", e.getMessage());
    }
  }
}
