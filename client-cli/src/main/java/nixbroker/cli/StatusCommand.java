package nixbroker.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nixbroker.proto.v1.BundleState;
import nixbroker.proto.v1.BundleStatus;
import nixbroker.proto.v1.Sealed;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.StatusResponse;
import nixbroker.proto.v1.TreeStatus;
import nixbroker.proto.v1.Unlocked;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl status`: what the broker is and does now. */
final class StatusCommand implements Command {
  private static final int LABEL = 12;

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description("Shows what the broker is and does now. Works sealed.");
    return spec;
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    StatusResponse status = session.broker().unary().status(StatusRequest.getDefaultInstance());
    if (session.json()) {
      session.print(Json.status(status));
      return Exit.DONE;
    }
    Map<String, String> rows = rows(status, session);
    int width = Math.max(LABEL, Text.widest(List.copyOf(rows.keySet())) + 3);
    rows.forEach((label, text) -> session.terminal().out(Text.pad(label, width) + text));
    return Exit.DONE;
  }

  private static Map<String, String> rows(StatusResponse status, Session session) {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("broker", broker(status, session));
    if (status.getSoftwareKey()) {
      rows.put("key", UnlockCommand.NOT_A_REAL_KEY);
    }
    for (TreeStatus tree : status.getTreesList()) {
      rows.put("tree " + tree.getName(), tree(tree, session));
    }
    if (!status.getTunnelAddress().isEmpty()) {
      rows.put("tunnel", tunnel(status));
    }
    rows.put("bundles", bundles(status.getBundlesList(), session));
    return rows;
  }

  private static String broker(StatusResponse status, Session session) {
    if (!status.hasUnlocked()) {
      Sealed sealed = status.getSealed();
      String since = Times.clock(session.now(), sealed.getSinceMs());
      return "sealed since " + since + " (" + sealed.getWhy() + "); open it with `nbctl unlock`";
    }
    Unlocked unlocked = status.getUnlocked();
    String span =
        Times.span(Duration.ofMillis(session.now().toEpochMilli() - unlocked.getSinceMs()));
    String text = "unlocked by " + Text.key(unlocked.getKey()) + " for " + span + "; locks at ";
    String until = Times.clock(session.now(), unlocked.getUntilMs());
    return unlocked.getIdleUntilMs() >= unlocked.getUntilMs()
        ? text + until
        : text
            + until
            + ", or at "
            + Times.clock(session.now(), unlocked.getIdleUntilMs())
            + " when idle";
  }

  private static String tree(TreeStatus tree, Session session) {
    String path = Text.path(tree.getPath(), session.environment().get("HOME"));
    if (!tree.getProblem().isEmpty()) {
      return path + ": " + tree.getProblem();
    }
    if (!tree.getInitialised()) {
      return path + ": not initialised; begin with `nbctl init`";
    }
    return path
        + ": "
        + Text.count(tree.getFiles(), "file")
        + ", "
        + Text.count(tree.getHosts(), "host")
        + ", "
        + Text.count(tree.getUsers(), "user");
  }

  private static String tunnel(StatusResponse status) {
    String text = status.getTunnelAddress() + (status.getTunnelOpen() ? ", open" : ", closed");
    return status.getTunnelHostKey().isEmpty() ? text : text + ", " + status.getTunnelHostKey();
  }

  private static String bundles(List<BundleStatus> bundles, Session session) {
    List<String> parts = new ArrayList<>();
    parts.addAll(of(BundleState.ISSUED, "issued", bundles, session));
    parts.addAll(of(BundleState.CLAIMED, "claimed", bundles, session));
    parts.addAll(of(BundleState.ACTIVE, "active", bundles, session));
    return parts.isEmpty() ? "none open" : String.join(", ", parts);
  }

  private static List<String> of(
      BundleState state, String word, List<BundleStatus> bundles, Session session) {
    List<String> hosts = new ArrayList<>();
    for (BundleStatus bundle : bundles) {
      if (bundle.getState() == state) {
        hosts.add(BundleCommand.summary(bundle, session));
      }
    }
    return hosts.isEmpty()
        ? List.of()
        : List.of(hosts.size() + " " + word + " (" + String.join("; ", hosts) + ")");
  }
}
