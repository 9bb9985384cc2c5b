package nixbroker.daemon.mint;

import java.util.List;
import java.util.Map;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.policy.UserName;

/** Makes keys, and turns a request into a change of the tree. */
public final class Mint {
  /** shared: folders of the tree, e.g. "common/". */
  public record Settings(List<String> shared) {}

  public record Request(
      TreeName tree,
      HostName host,
      List<UserName> users,
      List<String> operators,
      boolean dryRun,
      Requester requester) {}

  public record Plan(
      String tree,
      String host,
      List<String> users,
      boolean unchanged,
      String commit,
      Map<String, List<String>> newFiles,
      List<String> newAnchors,
      List<String> newRules,
      Map<String, List<String>> gains,
      Map<String, List<String>> loses,
      List<String> transitive,
      List<String> rekeyed,
      String sopsConfig) {}

  public record Minted(String hostRecipient, String hostKey, String commit) {}

  /** Called on the request's thread: the plan first, then progress. */
  public interface Listener {
    void planned(Plan plan);

    void progress(String what, int done, int total, String path);
  }

  public Mint(
      Settings settings,
      nixbroker.daemon.tree.Trees trees,
      nixbroker.daemon.seal.Seal seal,
      nixbroker.daemon.ledger.Ledger ledger) {
    throw new UnsupportedOperationException();
  }

  /** Empty when it was a dry run, or nothing had to be done. */
  public java.util.Optional<Minted> mint(Request request, Listener listener) {
    throw new UnsupportedOperationException();
  }
}
