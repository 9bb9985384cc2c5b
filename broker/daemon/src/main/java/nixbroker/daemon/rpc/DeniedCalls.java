package nixbroker.daemon.rpc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Action;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * Records who was turned away. The same caller at the same method is recorded once a minute, so
 * that nobody fills the disk by knocking.
 */
final class DeniedCalls {
  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int REMEMBERED = 256;

  private final Ledger ledger;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Instant> recent = new LinkedHashMap<>();

  DeniedCalls(Ledger ledger, InstantSource clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Durable when it returns; being sealed is no denial. */
  void record(Caller caller, Action action, Refusal refusal) {
    if (refusal.reason() == Reason.CALLER_DENIED && isNews(caller.shown() + action.method())) {
      ledger.append(new Event.Refused(caller.shown(), action.method(), refusal.reason().name()));
    }
  }

  private boolean isNews(String knock) {
    Instant now = clock.instant();
    lock.lock();
    try {
      Instant last = recent.get(knock);
      if (last != null && now.isBefore(last.plus(PAUSE))) {
        return false;
      }
      recent.putLast(knock, now);
      if (recent.size() > REMEMBERED) {
        recent.pollFirstEntry();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
