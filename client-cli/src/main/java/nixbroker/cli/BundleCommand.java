package nixbroker.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import nixbroker.proto.v1.BundleState;
import nixbroker.proto.v1.BundleStatus;
import nixbroker.proto.v1.ListBundlesRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl bundle`: the group, and `nbctl bundle list`. */
final class BundleCommand implements Command {
  private static final int ID = 16;
  private static final int STATE = 8;

  private final IssueCommand issue = new IssueCommand();

  @Override
  public CommandSpec spec() {
    CommandSpec list = CommandSpec.create();
    list.usageMessage().description("Lists bundles, newest first; those of one tree with --tree.");
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description("One-time bundles: what a host needs once, at install.");
    spec.addSubcommand("issue", issue.spec());
    spec.addSubcommand("list", list);
    return spec;
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    return switch (parsed.commandSpec().name()) {
      case "issue" -> issue.run(parsed, session);
      case "list" -> list(session);
      default -> throw new IllegalStateException(parsed.commandSpec().name());
    };
  }

  private static Exit list(Session session) {
    String tree = session.globals().tree();
    ListBundlesRequest request =
        ListBundlesRequest.newBuilder().setTree(tree == null ? "" : tree).build();
    List<BundleStatus> bundles = session.broker().unary().listBundles(request).getBundlesList();
    if (session.json()) {
      JsonObject json = new JsonObject();
      json.add("bundles", Json.bundles(bundles));
      session.print(json);
      return Exit.DONE;
    }
    if (bundles.isEmpty()) {
      session.terminal().err("no bundles yet; issue one with `nbctl bundle issue HOST`");
    }
    int host = Text.widest(bundles.stream().map(BundleStatus::getHost).toList());
    for (BundleStatus bundle : bundles) {
      session.terminal().out(line(bundle, host, session));
    }
    return Exit.DONE;
  }

  private static String line(BundleStatus bundle, int host, Session session) {
    return Text.pad(bundle.getId(), ID)
        + "  "
        + Text.pad(bundle.getHost(), host)
        + "  "
        + Text.pad(bundle.getState().name().toLowerCase(Locale.ROOT), STATE)
        + "  issued "
        + Times.clock(session.now(), bundle.getIssuedMs())
        + detail(bundle, session);
  }

  /** ganon, expires in 21 h */
  static String summary(BundleStatus bundle, Session session) {
    return bundle.getHost() + detail(bundle, session);
  }

  private static String detail(BundleStatus bundle, Session session) {
    if (bundle.getState() == BundleState.ISSUED) {
      long left = bundle.getExpiresMs() - session.now().toEpochMilli();
      return ", expires in " + Times.span(Duration.ofMillis(left));
    }
    return bundle.getPhase().isEmpty() ? "" : ", " + WatchCommand.named(bundle.getPhase());
  }
}
