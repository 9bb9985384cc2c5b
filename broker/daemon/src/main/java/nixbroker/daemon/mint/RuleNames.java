package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.NOT_INITIALISED;

import java.util.List;
import java.util.Map;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsConfig.Rule;

/**
 * Who the names in the rules of one .sops.yaml are: the master, machines (hosts and users), or
 * operators.
 */
record RuleNames(SopsConfig config, String master) {
  static final String HOST = "host_";
  static final String USER = "user_";

  /** What others call a host; only read, never written. */
  private static final String SERVER = "server_";

  /** Finds the master's anchor by its recipient. */
  static RuleNames of(SopsConfig config, String masterRecipient) {
    String master =
        config.anchors().entrySet().stream()
            .filter(anchor -> anchor.getValue().equals(masterRecipient))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(
                () ->
                    new Refusal.Declined(
                        NOT_INITIALISED,
                        "the master key that is unlocked has no anchor in this tree's .sops.yaml",
                        "nbctl init for this tree, or nbctl lock and unlock with its own key"));
    return new RuleNames(config, master);
  }

  boolean has(Rule rule, String anchor) {
    return rule.names().contains(anchor)
        || rule.recipients().contains(config.anchors().getOrDefault(anchor, anchor));
  }

  boolean hasMaster(Rule rule) {
    return has(rule, master);
  }

  boolean hasMachine(Rule rule) {
    return rule.names().stream().anyMatch(this::isMachine);
  }

  /** Whether a machine other than this one is in the rule. */
  boolean hasMachineBut(String anchor, Rule rule) {
    return rule.names().stream().anyMatch(n -> isMachine(n) && !anchorOf(n).equals(anchor));
  }

  /** The rule's names but the master and machines. */
  List<String> operators(Rule rule) {
    return rule.names().stream()
        .filter(name -> !isMachine(name) && !anchorOf(name).equals(master))
        .toList();
  }

  private boolean isMachine(String name) {
    String anchor = anchorOf(name);
    return anchor.startsWith(HOST) || anchor.startsWith(USER) || anchor.startsWith(SERVER);
  }

  // A rule may spell a recipient out that has an anchor.
  private String anchorOf(String name) {
    return config.anchors().entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }
}
