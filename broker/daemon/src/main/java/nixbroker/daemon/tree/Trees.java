package nixbroker.daemon.tree;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.TreeName;

/** The trees of the configuration and their one transaction thread. */
public final class Trees implements AutoCloseable {
  public Trees(Map<TreeName, Path> folders, Path git, Ledger ledger) {
    throw new UnsupportedOperationException();
  }

  public List<TreeName> names() {
    throw new UnsupportedOperationException();
  }

  public Path folder(TreeName name) {
    throw new UnsupportedOperationException();
  }

  /** Opens a tree afresh; TREE_UNKNOWN, TREE_NOT_GIT. */
  public Tree open(TreeName name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Finishes or undoes what a crash left; one line for each tree that had something. Called once at
   * start.
   */
  public List<String> recover() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
