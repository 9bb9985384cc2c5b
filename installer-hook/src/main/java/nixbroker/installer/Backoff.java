package nixbroker.installer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits a little longer each time, until patience is over. */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final long endNanos;
  private Duration next = FIRST;

  Backoff(Duration patience) {
    this.endNanos = System.nanoTime() + patience.toNanos();
  }

  /** Waits; false, at once, when patience is over. */
  boolean waitAgain() throws InterruptedException {
    long left = endNanos - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    // a latch nobody opens: a wait that an interrupt ends
    new CountDownLatch(1).await(Math.min(left, next.toNanos()), TimeUnit.NANOSECONDS);
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return true;
  }
}
