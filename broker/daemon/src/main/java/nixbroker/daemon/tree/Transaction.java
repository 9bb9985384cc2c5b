package nixbroker.daemon.tree;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * A transaction whose INTENT is recorded: made visible, or taken back. Both only look at what is
 * there, so that they serve after a crash as well.
 */
final class Transaction {
  private static final int TRIES = 5;

  private final Repository repository;
  private final Stage stage;
  private final Manifest manifest;
  private final Requester requester;
  private final String head;
  private String commit;

  /** head: what the commit was made on, empty for a branch without commits. */
  Transaction(
      Repository repository,
      Stage stage,
      Manifest manifest,
      Requester requester,
      String head,
      String commit) {
    this.repository = repository;
    this.stage = stage;
    this.manifest = manifest;
    this.requester = requester;
    this.head = head;
    this.commit = commit;
  }

  /** The commit that holds the change, once it is visible. */
  String commit() {
    return commit;
  }

  Exchange exchange() {
    return new Exchange(repository, stage, manifest);
  }

  /** Files, then HEAD, then the user's index. */
  void forward() throws IOException {
    exchange().forward();
    publish();
    finishIndex();
  }

  /** True when HEAD holds the new contents of all files. */
  boolean isPublished() {
    return holds(repository.at(repository.head(), manifest.paths()), Manifest.Item::newBlob);
  }

  void finishIndex() throws IOException {
    index(Manifest.Item::oldBlob, Manifest.Item::newBlob);
  }

  /** HEAD, index and files as they were; returns where a user's edit was left alone. */
  List<SecretPath> back() throws IOException {
    if (repository.head().equals(commit)) {
      String parent =
          repository.run("", List.of("rev-list", "--parents", "-n", "1", commit)).strip();
      String before = parent.substring(Math.min(parent.length(), commit.length() + 1));
      if (!repository.moveHead(before, commit, "nixbroker: taken back")) {
        throw new IOException("HEAD moved on while the commit was taken back");
      }
    }
    index(Manifest.Item::newBlob, Manifest.Item::oldBlob);
    return exchange().back();
  }

  private void publish() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      String now = repository.head();
      Map<SecretPath, Repository.Entry> at = repository.at(now, manifest.paths());
      if (holds(at, Manifest.Item::newBlob)) {
        commit = now;
        return;
      }
      if (!now.equals(head)) {
        rebuild(now, at);
      }
      if (repository.moveHead(commit, now, "nixbroker: " + subject(manifest.message()))) {
        return;
      }
    }
    throw moved("HEAD moves all the time");
  }

  private void rebuild(String now, Map<SecretPath, Repository.Entry> at) throws IOException {
    for (Manifest.Item item : manifest.items()) {
      String blob = blob(at, item);
      if (!blob.equals(item.oldBlob()) && !blob.equals(item.newBlob())) {
        throw moved(item.path() + " was changed by another commit meanwhile");
      }
    }
    commit = GitCommit.of(repository, stage, requester).on(now, manifest);
    try (Folder objects = Folder.open(repository.objects().toRealPath())) {
      objects.syncFileSystem();
    }
  }

  // Only entries that are as we know them: the user may stage meanwhile.
  private void index(Function<Manifest.Item, String> from, Function<Manifest.Item, String> to)
      throws IOException {
    Busy.awaitIndex(repository);
    Map<SecretPath, Repository.Entry> staged = repository.staged(manifest.paths());
    String ours =
        manifest.items().stream()
            .filter(item -> blob(staged, item).equals(from.apply(item)))
            .map(item -> info(item, to.apply(item)))
            .collect(Collectors.joining());
    if (!ours.isEmpty()) {
      repository.updateIndex(ours);
    }
  }

  private String info(Manifest.Item item, String blob) {
    return blob.isEmpty()
        ? GitCommit.info("0", item.newBlob(), item)
        : GitCommit.info(item.mode(), blob, item);
  }

  private boolean holds(
      Map<SecretPath, Repository.Entry> entries, Function<Manifest.Item, String> wanted) {
    return manifest.items().stream()
        .allMatch(item -> blob(entries, item).equals(wanted.apply(item)));
  }

  private static String blob(Map<SecretPath, Repository.Entry> entries, Manifest.Item item) {
    Repository.Entry entry = entries.get(item.path());
    if (entry == null) {
      return "";
    }
    return entry.merged() ? entry.blob() : "unmerged";
  }

  static String subject(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static Refusal.Conflict moved(String cause) {
    return new Refusal.Conflict(Reason.HEAD_MOVED, cause, "try again");
  }
}
