package nixbroker.daemon.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** The files a change touches, as they are before it. head: empty on a branch without commits. */
record Snapshot(
    String head,
    Map<SecretPath, Optional<Folder.Content>> files,
    Map<SecretPath, Repository.Entry> committed) {

  /**
   * Looks at the files and checks that they are those the change was computed from, and committed.
   *
   * @throws Refusal.Conflict FILE_CHANGED, UNCOMMITTED_CHANGES
   */
  static Snapshot of(Repository repository, Tree.Change change) throws IOException {
    Map<SecretPath, Optional<Folder.Content>> files = new TreeMap<>();
    Set<SecretPath> touched = new TreeSet<>(change.written().keySet());
    touched.addAll(change.read().keySet());
    for (SecretPath path : touched) {
      files.put(path, read(repository, path));
    }
    change.read().forEach((path, content) -> checkRead(path, content, files.get(path)));
    Set<SecretPath> written = change.written().keySet();
    String head = repository.head();
    Map<SecretPath, Repository.Entry> committed = repository.at(head, written);
    Map<SecretPath, Repository.Entry> staged = repository.staged(written);
    for (SecretPath path : new TreeSet<>(written)) {
      checkCommitted(repository, path, files.get(path), committed.get(path), staged.get(path));
    }
    return new Snapshot(head, files, committed);
  }

  static Optional<Folder.Content> read(Repository repository, SecretPath path) throws IOException {
    try (Folder folder = Folder.of(repository.top(), path).orElse(null)) {
      return folder == null ? Optional.empty() : folder.read(Exchange.leaf(path));
    }
  }

  private static void checkRead(
      SecretPath path, Optional<byte[]> read, Optional<Folder.Content> now) {
    boolean same =
        read.isPresent() == now.isPresent()
            && (read.isEmpty() || Arrays.equals(read.get(), now.get().bytes()));
    if (!same) {
      throw new Refusal.Conflict(
          Reason.FILE_CHANGED,
          path + " was changed by somebody else meanwhile",
          "look at it, commit or discard the edit, then try again");
    }
  }

  private static void checkCommitted(
      Repository repository,
      SecretPath path,
      Optional<Folder.Content> now,
      Repository.Entry committed,
      Repository.Entry staged) {
    String known = committed == null ? "" : committed.blob();
    String there = now.map(c -> Hashes.blob(repository.format(), c.bytes())).orElse("");
    boolean unstaged =
        committed == null
            ? staged == null
            : staged != null && staged.merged() && staged.equals(committed);
    if (!known.equals(there) || !unstaged) {
      throw new Refusal.Conflict(
          Reason.UNCOMMITTED_CHANGES,
          path + " has uncommitted changes",
          "git -C " + repository.top() + " commit (or stash) " + path + ", then try again");
    }
    if (committed != null && !committed.mode().startsWith("100")) {
      throw new Refusal.Declined(
          Reason.PATH_UNSAFE, path + " is not a regular file", "put a regular file in its place");
    }
  }

  /** The manifest of what really changes; it has no items when nothing does. */
  Manifest manifest(Repository repository, String id, String tree, Tree.Change change)
      throws IOException {
    List<Manifest.Item> items = new ArrayList<>();
    Set<SecretPath> folders = new LinkedHashSet<>();
    for (Map.Entry<SecretPath, byte[]> each : new TreeMap<>(change.written()).entrySet()) {
      Manifest.Item item = item(repository, each.getKey(), each.getValue(), items.size());
      if (!item.oldHash().equals(item.newHash())) {
        items.add(item);
        addMissing(repository, item.path(), folders);
      }
    }
    return new Manifest(id, tree, change.message(), List.copyOf(folders), items);
  }

  private Manifest.Item item(Repository repository, SecretPath path, byte[] bytes, int number) {
    Repository.Entry entry = committed.get(path);
    return new Manifest.Item(
        path,
        String.valueOf(number),
        Hashes.of(files.get(path)),
        Hashes.of(bytes),
        entry == null ? "100644" : entry.mode(),
        entry == null ? "" : entry.blob(),
        Hashes.blob(repository.format(), bytes));
  }

  private static void addMissing(Repository repository, SecretPath path, Set<SecretPath> folders)
      throws IOException {
    String text = path.text();
    for (int end = text.indexOf('/'); end >= 0; end = text.indexOf('/', end + 1)) {
      SecretPath folder = new SecretPath(text.substring(0, end));
      if (!folders.contains(folder) && !Exchange.isThere(repository.top(), folder)) {
        folders.add(folder);
      }
    }
  }
}
