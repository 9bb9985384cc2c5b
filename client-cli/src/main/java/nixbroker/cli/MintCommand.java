package nixbroker.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import nixbroker.proto.v1.MintDone;
import nixbroker.proto.v1.MintEvent;
import nixbroker.proto.v1.MintRequest;
import nixbroker.proto.v1.Plan;
import nixbroker.proto.v1.Progress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl mint`: a host's keys, rules, secrets, rekey and commit, in one transaction. */
final class MintCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Makes a host's keys and gives them access.",
            "Keys, rules, rekey and commit are one transaction. Run again, it changes nothing.")
        .footer("", "example: nbctl mint ganon --user michael --dry-run");
    return spec.addPositional(
            PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .type(String.class)
                .paramLabel("HOST")
                .description("1 to 63 characters a-z, 0-9 and '-'")
                .build())
        .addOption(
            OptionSpec.builder("--user")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("USER")
                .description("an account on the host; may be repeated")
                .build())
        .addOption(
            Globals.value(
                    "--operators",
                    "A,B",
                    "age1... recipients or anchors, where no rule says who the operators are")
                .build())
        .addOption(
            Globals.flag("--dry-run").description("show the plan and change nothing").build());
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    List<String> users = parsed.matchedOptionValue("--user", List.of());
    String operators = parsed.matchedOptionValue("--operators", "");
    MintRequest request =
        MintRequest.newBuilder()
            .setTree(TreeChoice.name(session))
            .setHost(parsed.matchedPositionalValue(0, ""))
            .addAllUsers(users)
            .addAllOperators(operators.isEmpty() ? List.of() : List.of(operators.split(",")))
            .setDryRun(parsed.matchedOptionValue("--dry-run", false))
            .setRequester(Requesters.forCommit(session.environment()))
            .build();
    long began = System.nanoTime();
    Iterator<MintEvent> events = session.broker().stub().mint(request);
    Plan plan = plan(events);
    MintDone done = deed(events, session.terminal(), began);
    if (done == null && !request.getDryRun() && !plan.getUnchanged()) {
      throw Refusals.cutShort();
    }
    if (session.json()) {
      session.print(json(plan, done, request.getDryRun()));
    } else if (plan.getUnchanged()) {
      session.terminal().out(unchanged(plan));
    } else if (done == null) {
      MintPlan.lines(plan).forEach(session.terminal()::out);
    } else {
      minted(plan, done, session.terminal());
    }
    return Exit.DONE;
  }

  private static Plan plan(Iterator<MintEvent> events) {
    MintEvent first = events.hasNext() ? events.next() : MintEvent.getDefaultInstance();
    if (!first.hasPlan()) {
      throw Refusals.cutShort();
    }
    return first.getPlan();
  }

  /** Null when there was nothing to do, or nothing was to be done. */
  private static MintDone deed(Iterator<MintEvent> events, Terminal terminal, long began) {
    MintDone done = null;
    String last = "";
    while (events.hasNext()) {
      MintEvent event = events.next();
      if (event.hasProgress()) {
        last = progress(event.getProgress());
        terminal.live(
            last
                + (event.getProgress().getPath().isEmpty()
                    ? ""
                    : " " + event.getProgress().getPath()));
      } else if (event.hasDone()) {
        done = event.getDone();
      }
    }
    terminal.endLive(last + "  " + Times.tenths(Duration.ofNanos(System.nanoTime() - began)));
    return done;
  }

  private static String progress(Progress progress) {
    return "  [" + progress.getDone() + "/" + progress.getTotal() + "] " + progress.getWhat();
  }

  private static String unchanged(Plan plan) {
    String text = plan.getHost() + " is minted already; nothing to do";
    return plan.getCommit().isEmpty()
        ? text
        : text + " (commit " + Text.commit(plan.getCommit()) + ")";
  }

  private static void minted(Plan plan, MintDone done, Terminal terminal) {
    terminal.out("minted " + plan.getHost());
    terminal.out(
        "  host      "
            + Text.shortened(done.getHostRecipient())
            + "   "
            + Text.shortened(done.getHostKey()));
    terminal.out("  commit    " + Text.commit(done.getCommit()));
    terminal.err("next: nbctl bundle issue " + plan.getHost());
  }

  private static JsonObject json(Plan plan, MintDone done, boolean dryRun) {
    JsonObject json = new JsonObject();
    json.addProperty("dry_run", dryRun);
    json.add("plan", Json.plan(plan));
    if (done != null) {
      JsonObject minted = new JsonObject();
      minted.addProperty("host_recipient", done.getHostRecipient());
      minted.addProperty("host_key", done.getHostKey());
      minted.addProperty("commit", done.getCommit());
      json.add("minted", minted);
    }
    return json;
  }
}
