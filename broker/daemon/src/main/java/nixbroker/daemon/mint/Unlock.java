package nixbroker.daemon.mint;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nixbroker.daemon.hardware.Conversation;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Tree;
import nixbroker.daemon.tree.Trees;

/** Opens a tree's master.age with a hardware key and hands the master key to the seal. */
public final class Unlock {
  private static final String MASTER = ".nixbroker/master.age";
  private static final String IDENTITIES = ".nixbroker/identity.txt";

  private final Trees trees;
  private final Hardware hardware;
  private final Seal seal;

  public Unlock(Trees trees, Hardware hardware, Seal seal) {
    this.trees = trees;
    this.hardware = hardware;
    this.seal = seal;
  }

  /**
   * Holds the conversation. Refused: NOT_INITIALISED, and what the key, the card or the PIN say.
   */
  public Seal.State.Open unlock(TreeName name, Requester requester, Conversation conversation) {
    Tree tree = trees.open(name);
    byte[] master = read(tree, MASTER);
    String identities = new String(read(tree, IDENTITIES), StandardCharsets.UTF_8);
    List<Hardware.Enrolled> enrolled =
        EnrolledKeys.parse(tree.shown(tree.path(IDENTITIES)), identities);
    Hardware.Opened opened = hardware.open(master, enrolled, requester, conversation);
    return seal.unlock(opened.key(), opened.master());
  }

  private static byte[] read(Tree tree, String path) {
    return tree.read(tree.path(path))
        .orElseThrow(
            () ->
                new Refusal.Declined(
                    Reason.NOT_INITIALISED,
                    "tree " + tree.name() + " has no " + path,
                    "nbctl init --tree " + tree.name()));
  }
}
