package nixbroker.daemon.mint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Tree;
import nixbroker.daemon.tree.Trees;

/** Makes a host's keys and gives them access, in one transaction. */
public final class Mint {
  private final Settings settings;
  private final Trees trees;
  private final Seal seal;
  private final Ledger ledger;
  private final java.time.InstantSource clock;

  /**
   * What the configuration says.
   *
   * @param shared folders of the tree whose files every host may read, relative to the tree, each
   *     with a final '/'
   */
  public record Settings(List<String> shared) {}

  /**
   * One request.
   *
   * @param operators anchor names or recipients that stand in where no rule names operators; empty:
   *     the rules say
   */
  public record Request(
      TreeName tree,
      HostName host,
      List<UserName> users,
      List<String> operators,
      boolean dryRun,
      Requester requester) {}

  /**
   * Who gains and loses access to what, before anything is touched. Paths are relative to the tree.
   *
   * @param commit where an unchanged host was minted, 40 hex digits; empty when that is not known
   * @param newFiles paths to the paths of their values
   * @param readers the same paths to everyone who can open them, by name
   * @param gains anchor names to files; {@code loses} likewise
   * @param rekeyed existing files that get stanzas
   */
  public record Plan(
      String tree,
      String host,
      List<String> users,
      boolean unchanged,
      String commit,
      Map<String, List<String>> newFiles,
      Map<String, List<String>> readers,
      List<String> newAnchors,
      List<String> newRules,
      Map<String, List<String>> gains,
      Map<String, List<String>> loses,
      List<String> transitive,
      List<String> rekeyed,
      String sopsConfig) {}

  /**
   * What was done.
   *
   * @param hostKey {@code SHA256:} fingerprint of the host's SSH key
   * @param commit 40 hex digits
   */
  public record Minted(String hostRecipient, String hostKey, String commit) {}

  /** Called on the request's thread: the plan first, then progress. */
  public interface Listener {
    void planned(Plan plan);

    void progress(String what, int done, int total, String path);
  }

  public Mint(
      Settings settings, Trees trees, Seal seal, Ledger ledger, java.time.InstantSource clock) {
    this.settings = settings;
    this.trees = trees;
    this.seal = seal;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Plans, and unless it is a dry run or nothing has to be done, applies exactly the plan. */
  public Optional<Minted> mint(Request request, Listener listener) {
    Tree tree = trees.open(request.tree());
    try (var minting = new Minting(settings, tree, seal, request, clock)) {
      Plan plan = minting.plan(mintedAt(request));
      listener.planned(plan);
      if (request.dryRun() || plan.unchanged()) {
        return Optional.empty();
      }
      Tree.Change change = minting.change(listener);
      String commit = tree.apply(change, request.requester());
      ledger.append(
          new Event.Minted(
              request.tree().text(), request.host().text(), minting.hostRecipient(), commit));
      return Optional.of(new Minted(minting.hostRecipient(), minting.hostFingerprint(), commit));
    }
  }

  private String mintedAt(Request request) {
    String commit = "";
    for (Ledger.Entry entry : ledger.entries()) {
      if (entry.event() instanceof Event.Minted minted
          && minted.tree().equals(request.tree().text())
          && minted.host().equals(request.host().text())) {
        commit = minted.commit();
      }
    }
    return commit;
  }
}
