package nixbroker.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import nixbroker.proto.v1.InitDone;
import nixbroker.proto.v1.InitEvent;
import nixbroker.proto.v1.InitPlan;
import nixbroker.proto.v1.InitRequest;
import nixbroker.proto.v1.RecoveryPassphrase;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl init`: the plan, a question, then master key, hardware key, recovery and tree. */
final class InitCommand implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "First run: makes the master key and prepares the secrets tree.",
            "The key is wrapped to the hardware key and to a recovery passphrase; one commit.")
        .footer("", "example: nbctl init --recovery-file ~/backup/recovery.age");
    return spec.addOption(
            Globals.value("--recovery-file", "FILE", "where recovery.age goes; never in a git tree")
                .build())
        .addOption(
            Globals.value(
                    "--recovery-passphrase-fd",
                    "N",
                    "write its passphrase to descriptor N; else it is shown on the terminal, once")
                .build())
        .addOption(
            Globals.flag("--dry-run").description("show the plan and change nothing").build());
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    if (parsed.matchedOptionValue("--dry-run", false)) {
      return dryRun(request(parsed, session), session);
    }
    if (!session.globals().yes() && !session.terminal().inputIsTerminal()) {
      throw Failure.usage(
          "standard input is no terminal, so nobody can answer; nothing was changed",
          "look at the plan with --dry-run, then add --yes");
    }
    String descriptor = parsed.matchedOptionValue("--recovery-passphrase-fd", null);
    try (PassphraseSink sink =
        descriptor == null ? PassphraseSink.terminal() : PassphraseSink.descriptor(descriptor)) {
      return init(request(parsed, session), sink, session);
    }
  }

  private static InitRequest request(ParseResult parsed, Session session) {
    String recovery = parsed.matchedOptionValue("--recovery-file", "");
    return InitRequest.newBuilder()
        .setTree(TreeChoice.name(session))
        .setRequester(Requesters.forCommit(session.environment()))
        .setRecoveryFile(
            recovery.isEmpty() ? "" : Path.of(recovery).toAbsolutePath().normalize().toString())
        .build();
  }

  private static Exit dryRun(InitRequest request, Session session) {
    InitPlan plan = plan(request, session);
    if (session.json()) {
      JsonObject json = Json.of("plan", Json.plan(plan));
      json.addProperty("dry_run", true);
      session.print(json);
      return Exit.DONE;
    }
    realKey(plan, session.terminal());
    lines(plan, session).forEach(session.terminal()::out);
    session.terminal().out("nothing was changed (--dry-run)");
    return Exit.DONE;
  }

  private static InitPlan plan(InitRequest request, Session session) {
    InitRequest question = request.toBuilder().setDryRun(true).build();
    Iterator<InitEvent> events = session.broker().stub().init(question);
    InitEvent first = events.hasNext() ? events.next() : InitEvent.getDefaultInstance();
    if (!first.hasPlan()) {
      throw Refusals.cutShort();
    }
    return first.getPlan();
  }

  private static void realKey(InitPlan plan, Terminal terminal) {
    if (plan.getSoftwareKey()) {
      terminal.loud(UnlockCommand.NOT_A_REAL_KEY);
    }
  }

  private static List<String> lines(InitPlan plan, Session session) {
    String home = session.environment().get("HOME");
    return List.of(
        "  tree        "
            + Text.path(plan.getTreePath(), home)
            + " (git, "
            + plan.getSopsConfig()
            + " with "
            + Text.count(plan.getRules(), "rule")
            + ", "
            + Text.count(plan.getEncryptedFiles(), "encrypted file")
            + ")",
        "  hardware    "
            + Text.key(plan.getHardwareKey())
            + ", slot "
            + plan.getSlot()
            + " is free",
        "  recovery    a passphrase identity, written to "
            + Text.path(plan.getRecoveryFile(), home));
  }

  private static Exit init(InitRequest request, PassphraseSink sink, Session session) {
    Terminal terminal = session.terminal();
    InitPlan plan = plan(request, session);
    realKey(plan, terminal);
    lines(plan, session).forEach(terminal::err);
    terminal.err("");
    String question = "create the key in slot " + plan.getSlot() + " (PIN once, touch always)?";
    if (!session.globals().yes() && !terminal.confirm(question)) {
      throw Failure.of(Exit.REFUSED, "NOT_CONFIRMED", "not confirmed; nothing was changed", "");
    }
    show(deed(request, plan, sink, session), session);
    terminal.err("warning: one hardware key only; recovery.age is the only other way in");
    return Exit.DONE;
  }

  private static InitDone deed(
      InitRequest request, InitPlan shown, PassphraseSink sink, Session session) {
    Iterator<InitEvent> events = session.broker().stub().init(request);
    while (events.hasNext()) {
      InitEvent event = events.next();
      switch (event.getEventCase()) {
        case PLAN -> same(shown, event.getPlan());
        case TOUCH -> UnlockCommand.touch(event.getTouch(), session.terminal());
        case RECOVERY -> handOver(event.getRecovery(), sink);
        case DONE -> {
          return event.getDone();
        }
        case EVENT_NOT_SET -> {
          // A step newer than this nbctl needs nothing from it.
        }
      }
    }
    throw Refusals.cutShort();
  }

  private static void handOver(RecoveryPassphrase recovery, PassphraseSink sink) {
    byte[] passphrase = recovery.getPassphrase().toByteArray();
    try {
      sink.write(passphrase);
    } finally {
      Arrays.fill(passphrase, (byte) 0);
    }
  }

  /** What is applied is what was shown, or the call ends here, before the touch. */
  private static void same(InitPlan shown, InitPlan now) {
    if (!shown.toByteString().equals(now.toByteString())) {
      throw Failure.of(
          Exit.CONFLICT,
          "PLAN_CHANGED",
          "the tree or the hardware key changed while you were asked",
          "look at the new plan: nbctl init --dry-run");
    }
  }

  private static void show(InitDone done, Session session) {
    if (session.json()) {
      JsonObject json = new JsonObject();
      json.addProperty("master", done.getMaster());
      json.addProperty("commit", done.getCommit());
      json.addProperty("commit_message", done.getCommitMessage());
      json.addProperty("tunnel_host_key", done.getTunnelHostKey());
      session.print(Json.of("done", json));
      return;
    }
    Terminal terminal = session.terminal();
    String master = Text.shortened(done.getMaster());
    terminal.out(
        "  master      " + master + ", wrapped to 1 hardware key and 1 recovery recipient");
    terminal.out("  committed   " + Text.commit(done.getCommit()) + "  " + done.getCommitMessage());
  }
}
