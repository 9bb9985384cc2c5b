package nixbroker.daemon.seal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Function;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Ledger;

/** Sealed or unsealed; holds the master identity, the limits, and nothing else. */
public final class Seal implements AutoCloseable {
  public record Settings(Duration idle, Duration absolute) {}

  public Seal(Settings settings, Ledger ledger, InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  public sealed interface State {
    record Locked(Instant since, String why) implements State {}

    record Open(HardwareKey key, Instant since, Instant until, Instant idleUntil)
        implements State {}
  }

  public State state() {
    throw new UnsupportedOperationException();
  }

  /** Takes the identity over; records Unlocked before it can be used. */
  public State.Open unlock(HardwareKey key, X25519Identity master) {
    throw new UnsupportedOperationException();
  }

  /** Stops intake, drains, wipes, records; true when it was unlocked. Idempotent. */
  public boolean lock(String why) {
    throw new UnsupportedOperationException();
  }

  /** Runs a use of the master identity; Refusal.Sealed when sealed; counts as activity. */
  public <T> T withMaster(Function<X25519Identity, T> use) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
