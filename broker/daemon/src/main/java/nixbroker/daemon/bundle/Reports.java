package nixbroker.daemon.bundle;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** What an installing machine tells: phases, which are recorded, and output, which is not. */
final class Reports {
  static final int MOST_A_CALL = 256;

  /** More phase changes than any honest installation makes; later ones are shown, not recorded. */
  private static final int MOST_RECORDED = 200;

  private static final int MOST_TEXT = 4096;
  private static final Set<String> PHASES =
      Set.of("FETCH", "DISKO", "PLACE", "ACKNOWLEDGE", "NIXOS_INSTALL");
  private static final Set<String> STATES = Set.of("BEGUN", "DONE", "FAILED");

  private final Book book;
  private final Watchers watchers;
  private final InstantSource clock;

  Reports(Book book, Watchers watchers, InstantSource clock) {
    this.book = book;
    this.watchers = watchers;
    this.clock = clock;
  }

  void take(Held bundle, List<Bundles.Report> reports) {
    if (reports.size() > MOST_A_CALL) {
      throw invalid("more than " + MOST_A_CALL + " events in one report");
    }
    List<Bundles.Report> checked = reports.stream().map(Reports::checked).toList();
    checked.forEach(report -> take(bundle, report));
  }

  private void take(Held bundle, Bundles.Report report) {
    switch (report) {
      case Bundles.Report.Phase phase when isNew(bundle, phase) ->
          book.record(
              new Event.PhaseChanged(bundle.id, phase.phase(), phase.state(), phase.detail()));
      case Bundles.Report.Phase _, Bundles.Report.Output _ ->
          watchers.publish(new Bundles.News.Reported(bundle.view(), clock.instant(), report));
    }
  }

  private static boolean isNew(Held bundle, Bundles.Report.Phase phase) {
    return bundle.phaseEntries < MOST_RECORDED
        && !bundle.lastPhaseEntry.equals(phase.phase() + ' ' + phase.state());
  }

  private static Bundles.Report checked(Bundles.Report report) {
    return switch (report) {
      case Bundles.Report.Phase(String phase, String state, String detail) -> {
        if (!PHASES.contains(phase) || !STATES.contains(state)) {
          throw invalid("no such phase or state of a phase");
        }
        yield new Bundles.Report.Phase(phase, state, shown(detail));
      }
      case Bundles.Report.Output(String phase, boolean stderr, String text) -> {
        if (!PHASES.contains(phase)) {
          throw invalid("no such phase");
        }
        yield new Bundles.Report.Output(phase, stderr, shown(text));
      }
    };
  }

  /** The machine may lie: nothing that steers a terminal goes on from here. */
  private static String shown(String text) {
    String cut = text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) : text;
    StringBuilder shown = new StringBuilder(cut.length());
    cut.codePoints().forEach(c -> shown.appendCodePoint(steersTerminal(c) ? '�' : c));
    return shown.toString();
  }

  private static boolean steersTerminal(int codePoint) {
    if (codePoint == '\t') {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static Refusal invalid(String why) {
    return new Refusal.Usage(Reason.REQUEST_INVALID, why, "");
  }
}
