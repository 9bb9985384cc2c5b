package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;

/**
 * One secrets tree: a folder of sops files in a git work tree, governed by a .sops.yaml in it or
 * above it. Its places are those found when it was opened; its files are read as they are now.
 */
public final class Tree {
  private final TreeName name;
  private final Repository repository;
  private final Optional<SecretPath> sopsConfig;
  private final Trees trees;

  Tree(TreeName name, Repository repository, Trees trees) {
    this.name = name;
    this.repository = repository;
    this.sopsConfig = repository.sopsConfig();
    this.trees = trees;
  }

  public TreeName name() {
    return name;
  }

  /** The tree's folder: absolute, no symbolic link in it. */
  public Path folder() {
    return repository.folder();
  }

  /** The top of the git work tree: absolute. */
  public Path top() {
    return repository.top();
  }

  /** "" or "secrets/": the folder relative to the top. */
  public String prefix() {
    return repository.prefix();
  }

  /** The governing .sops.yaml, if there is one up to the top. */
  public Optional<SecretPath> sopsConfig() {
    return sopsConfig;
  }

  /**
   * A path as a rule of .sops.yaml sees it: relative to the folder of .sops.yaml; without one, to
   * the tree.
   */
  public String rulePath(SecretPath path) {
    String config = sopsConfig.map(SecretPath::text).orElse(prefix() + ".sops.yaml");
    String folder = config.substring(0, config.lastIndexOf('/') + 1);
    if (!path.text().startsWith(folder)) {
      throw new IllegalArgumentException(path + " is not governed by " + config);
    }
    return path.text().substring(folder.length());
  }

  /** A path as people see it: relative to the tree; "../" where it is above. */
  public String shown(SecretPath path) {
    Path relative = Path.of("/" + prefix()).relativize(Path.of("/" + path.text()));
    return relative.toString();
  }

  /**
   * Resolves a path relative to the tree, as {@link #shown} gives it.
   *
   * @throws nixbroker.daemon.refusal.Refusal.Declined PATH_UNSAFE when it leaves the work tree
   */
  public SecretPath path(String relativeToTree) {
    String above = prefix();
    String rest = relativeToTree;
    while (rest.startsWith("../") && !above.isEmpty()) {
      above = above.substring(0, above.lastIndexOf('/', above.length() - 2) + 1);
      rest = rest.substring(3);
    }
    return new SecretPath(above + rest);
  }

  /**
   * All regular files of the tree (no symlink followed, .git and nested repositories left out),
   * every .sops.yaml excluded, sorted.
   *
   * @throws nixbroker.daemon.refusal.Refusal.Declined IO_FAILED; PATH_UNSAFE for a name with
   *     control characters, or a tree without measure
   */
  public List<SecretPath> files() {
    try {
      return TreeWalk.files(repository);
    } catch (IOException e) {
      throw Trees.ioFailed(e);
    }
  }

  /**
   * The files that the rules of .sops.yaml reach: those of {@link #files}, and all others below its
   * folder when that is above the tree.
   */
  public List<SecretPath> governedFiles() {
    try {
      Optional<SecretPath> config = sopsConfig();
      return config.isEmpty()
          ? TreeWalk.files(repository)
          : TreeWalk.files(repository, repository.top().resolve(config.get().text()).getParent());
    } catch (IOException e) {
      throw Trees.ioFailed(e);
    }
  }

  /**
   * Reads a file without following symlinks; empty when it is not there.
   *
   * @throws nixbroker.daemon.refusal.Refusal.Declined IO_FAILED; PATH_UNSAFE for a link, anything
   *     but a regular file, or more than 32 MiB
   */
  public Optional<byte[]> read(SecretPath path) {
    try {
      return Snapshot.read(repository, path).map(Folder.Content::bytes);
    } catch (IOException e) {
      throw Trees.ioFailed(e);
    }
  }

  /**
   * Writes files and commits them as one transaction: all of it or nothing, also after a crash.
   * What the user has staged or edited elsewhere is not touched, and neither is a remote. Returns
   * the commit id (hex); nothing is committed when every file already has its contents, and the id
   * is then that of HEAD, empty on a branch without commits.
   *
   * @throws nixbroker.daemon.refusal.Refusal.Conflict UNCOMMITTED_CHANGES, FILE_CHANGED,
   *     HEAD_MOVED, TREE_BUSY
   * @throws nixbroker.daemon.refusal.Refusal.Declined GIT_IDENTITY_MISSING, GIT_FAILED, IO_FAILED,
   *     FILE_SYSTEM_UNSUPPORTED, PATH_UNSAFE, LEDGER_FAILED; the tree is as before
   */
  public String apply(Change change, Requester requester) {
    return trees.apply(name, change, requester);
  }

  /**
   * Whether a change that was refused may still become true: it could be neither finished nor taken
   * back, and the next change or the next start will. What goes with it must stay until then.
   */
  public boolean mayStillChange() {
    return trees.isUnfinished(name);
  }

  /**
   * message: of the commit. read: contents the change was computed from (empty: was absent), every
   * one checked to be still so. written: new contents of files.
   */
  public record Change(
      String message, Map<SecretPath, Optional<byte[]>> read, Map<SecretPath, byte[]> written) {}
}
