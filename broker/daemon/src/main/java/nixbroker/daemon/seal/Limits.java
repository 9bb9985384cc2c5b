package nixbroker.daemon.seal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nixbroker.daemon.refusal.Refusal;

/** What time does to a state, and how a locked one is explained. */
final class Limits {
  private Limits() {}

  /** Which limit has passed. */
  static Optional<String> passed(Seal.State state, Instant now) {
    return switch (state) {
      case Seal.State.Locked _ -> Optional.empty();
      case Seal.State.Open open when !now.isBefore(open.until()) -> Optional.of("time limit");
      case Seal.State.Open open when !now.isBefore(open.idleUntil()) -> Optional.of("idle");
      case Seal.State.Open _ -> Optional.empty();
    };
  }

  /** Until the first limit; negative when it has passed. */
  static Duration left(Seal.State.Open open, Instant now) {
    boolean absoluteFirst = open.until().isBefore(open.idleUntil());
    return Duration.between(now, absoluteFirst ? open.until() : open.idleUntil());
  }

  static Refusal.Sealed refusal(Seal.State state, Instant now) {
    return switch (state) {
      case Seal.State.Locked(var _, var why) when why.equals("start") ->
          new Refusal.Sealed("not unlocked since it started");
      case Seal.State.Locked(var since, var why) ->
          new Refusal.Sealed("locked by " + why + " " + rounded(since, now) + " ago");
      case Seal.State.Open _ -> new Refusal.Sealed("locked meanwhile");
    };
  }

  private static String rounded(Instant since, Instant now) {
    Duration passed = Duration.between(since, now);
    if (passed.toMinutes() < 1) {
      return Math.max(0, passed.toSeconds()) + " s";
    }
    return passed.toHours() < 1 ? passed.toMinutes() + " min" : passed.toHours() + " h";
  }
}
