package nixbroker.cli;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nixbroker.proto.v1.BundleState;
import nixbroker.proto.v1.PhaseChange;
import nixbroker.proto.v1.PhaseState;
import nixbroker.proto.v1.WatchEvent;
import nixbroker.proto.v1.WatchRequest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl watch`: claims, phases and output of installations, live. */
final class WatchCommand implements Command {
  private static final int HOST = 7;
  private static final int WHAT = 13;

  /** When a host's phase began, and whether its installation failed last. */
  private final Map<String, Long> begun = new HashMap<>();

  private final Map<String, Boolean> failed = new HashMap<>();

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Shows installations live: claims, phases, output.",
            "Ends with Ctrl-C, or with --until-done.")
        .footer("", "example: nbctl watch ganon --until-done");
    return spec.addPositional(
            PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("HOST")
                .description("only these hosts")
                .build())
        .addOption(
            Globals.flag("--until-done")
                .description("end when they have ended; 1 if one of them failed")
                .build());
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    List<String> hosts = parsed.matchedPositionalValue(0, List.of());
    boolean untilDone = parsed.matchedOptionValue("--until-done", false);
    WatchRequest request =
        WatchRequest.newBuilder().addAllHosts(hosts).setUntilDone(untilDone).build();
    Iterator<WatchEvent> events = session.broker().stub().watch(request);
    while (events.hasNext()) {
      WatchEvent event = events.next();
      String line = note(event);
      if (session.json()) {
        session.print(Json.event(event));
      } else if (!line.isEmpty()) {
        session.terminal().out(line);
      }
    }
    if (!untilDone) {
      throw Refusals.cutShort();
    }
    return failed.containsValue(true) ? Exit.FOUND : Exit.DONE;
  }

  private String note(WatchEvent event) {
    String host = event.getHost();
    return switch (event.getEventCase()) {
      case STATE -> {
        failed.put(host, event.getState() == BundleState.EXPIRED);
        String state = event.getState().name().toLowerCase(Locale.ROOT);
        yield line(host, state, Times.second(event.getAtMs()));
      }
      case PHASE -> phase(event, event.getPhase());
      case OUTPUT -> line(host, "", event.getOutput().getText());
      case EVENT_NOT_SET -> "";
    };
  }

  private String phase(WatchEvent event, PhaseChange change) {
    String host = event.getHost();
    failed.put(host, change.getState() == PhaseState.FAILED);
    String key = event.getBundleId() + change.getPhase().name();
    String name = named(change.getPhase().name());
    String detail = change.getDetail();
    return switch (change.getState()) {
      case BEGUN -> {
        begun.put(key, event.getAtMs());
        yield line(host, name, spaced("begun", "", detail));
      }
      case DONE -> line(host, name, spaced("done", took(key, event.getAtMs()), detail));
      case FAILED -> line(host, name, spaced("FAILED", took(key, event.getAtMs()), detail));
      case PHASE_STATE_UNSPECIFIED, UNRECOGNIZED -> line(host, name, detail);
    };
  }

  private static String spaced(String state, String took, String detail) {
    return state + (took.isEmpty() ? "" : " " + took) + (detail.isEmpty() ? "" : "  " + detail);
  }

  private String took(String key, long atMillis) {
    Long since = begun.get(key);
    return since == null ? "" : Times.elapsed(atMillis - since);
  }

  private static String line(String host, String what, String text) {
    return Text.pad(host, HOST) + ' ' + Text.pad(what, WHAT) + ' ' + text;
  }

  /** A phase as people read it: nixos-install. */
  static String named(String phase) {
    return phase.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
