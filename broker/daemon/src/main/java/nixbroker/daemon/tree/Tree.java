package nixbroker.daemon.tree;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;

/**
 * One secrets tree: a folder of sops files in a git work tree, governed by a .sops.yaml in it or
 * above it.
 */
public final class Tree {
  private Tree() {}

  public TreeName name() {
    throw new UnsupportedOperationException();
  }

  /** The tree's folder, absolute. */
  public Path folder() {
    throw new UnsupportedOperationException();
  }

  /** The top of the git work tree, absolute. */
  public Path top() {
    throw new UnsupportedOperationException();
  }

  /** "" or "secrets/": the folder relative to the top. */
  public String prefix() {
    throw new UnsupportedOperationException();
  }

  /** The governing .sops.yaml, if there is one. */
  public Optional<SecretPath> sopsConfig() {
    throw new UnsupportedOperationException();
  }

  /** A path as a rule of .sops.yaml sees it: relative to the folder of .sops.yaml. */
  public String rulePath(SecretPath path) {
    throw new UnsupportedOperationException();
  }

  /** A path as people see it: relative to the tree; "../" where it is above. */
  public String shown(SecretPath path) {
    throw new UnsupportedOperationException();
  }

  /** Resolves a path relative to the tree. */
  public SecretPath path(String relativeToTree) {
    throw new UnsupportedOperationException();
  }

  /**
   * All regular files of the tree (no symlink followed, .git and nested repositories left out),
   * .sops.yaml excluded, sorted.
   */
  public List<SecretPath> files() {
    throw new UnsupportedOperationException();
  }

  /** Reads a file without following symlinks; empty when it is not there. */
  public Optional<byte[]> read(SecretPath path) {
    throw new UnsupportedOperationException();
  }

  /**
   * Applies as apply.md says. read: contents the change was computed from (empty: was absent),
   * every one checked to be still so; written: new contents. Returns the commit id (40 hex).
   */
  public String apply(Change change, Requester requester) {
    throw new UnsupportedOperationException();
  }

  public record Change(
      String message, Map<SecretPath, Optional<byte[]>> read, Map<SecretPath, byte[]> written) {}
}
