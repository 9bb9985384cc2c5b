package nixbroker.daemon.bundle;

import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.refusal.Refusal;

/** Records what looks like theft: a wrong token, another recipient. */
final class RefusalLog {
  /** A thief must not fill the disk: a bundle's later refusals are not recorded. */
  private static final int MOST = 64;

  private final Book book;

  RefusalLog(Book book) {
    this.book = book;
  }

  /** The refusal itself, for throwing. */
  Refusal recorded(Held bundle, Caller.Installer caller, String method, Refusal refusal) {
    if (bundle.refusals < MOST) {
      bundle.refusals++;
      book.record(new Event.Refused(caller.shown(), method, refusal.reason().name()));
    }
    return refusal;
  }
}
