package nixbroker.daemon.seal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

final class SettableClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-01-01T09:00:00Z");

  void pass(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Instant instant() {
    return now;
  }
}
