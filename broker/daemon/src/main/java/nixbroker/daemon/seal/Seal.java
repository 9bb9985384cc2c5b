package nixbroker.daemon.seal;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.refusal.Refusal;

/** Sealed or unsealed; holds the master identity, the limits, and nothing else. Thread-safe. */
public final class Seal implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Seal.class.getName());
  private static final Duration DRAIN = Duration.ofMillis(200);

  /** The watcher looks at the clock at least this often: it may be set, and machines sleep. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** idle: without a use, absolute: since unlock; whichever ends first locks. */
  public record Settings(Duration idle, Duration absolute) {}

  /** What anyone may know. */
  public sealed interface State {
    /** why: "start", "lock", "idle", "time limit" and the like. */
    record Locked(Instant since, String why) implements State {}

    record Open(HardwareKey key, Instant since, Instant until, Instant idleUntil)
        implements State {}
  }

  private final Settings settings;
  private final Ledger ledger;
  private final InstantSource clock;

  /** Held through a whole unlock or lock, so that these happen one after the other. */
  private final ReentrantLock transition = new ReentrantLock();

  private final ReentrantLock guard = new ReentrantLock();
  private final Condition changed = guard.newCondition();
  private State state;
  private Optional<Loan> loan = Optional.empty();
  private boolean closed;

  public Seal(Settings settings, Ledger ledger, InstantSource clock) {
    this.settings = settings;
    this.ledger = ledger;
    this.clock = clock;
    this.state = new State.Locked(clock.instant(), "start");
    // Of its own: the limits must hold while every carrier of the virtual ones is busy.
    Thread.ofPlatform().daemon().name("seal").start(this::watch);
  }

  /** What it is now; a limit that has passed locks first. */
  public State state() {
    lockIfDue();
    guard.lock();
    try {
      return state;
    } finally {
      guard.unlock();
    }
  }

  /**
   * Takes the identity over, also when it throws; records Unlocked before it can be used. One that
   * was unlocked before is wiped.
   *
   * @throws Refusal LEDGER_FAILED, and then it stays as it was
   */
  public State.Open unlock(HardwareKey key, X25519Identity master) {
    transition.lock();
    try {
      Instant now = clock.instant();
      Instant until = now.plus(settings.absolute());
      State.Open open = new State.Open(key, now, until, now.plus(settings.idle()));
      record(open, master);
      exchange(open, Optional.of(new Loan(master))).ifPresent(before -> before.revoke(DRAIN));
      return open;
    } finally {
      transition.unlock();
    }
  }

  private void record(State.Open open, X25519Identity master) {
    boolean recorded = false;
    try {
      if (closed) {
        throw new Refusal.Sealed("the broker stops");
      }
      ledger.append(new Event.Unlocked(open.key().shown(), open.until()));
      recorded = true;
    } finally {
      if (!recorded) {
        master.close();
      }
    }
  }

  /**
   * Stops intake, drains for at most 200 ms, wipes, then records; true when it was unlocked.
   * Idempotent. Here the effect comes before the record: a full disk must not keep keys in memory.
   *
   * @throws Refusal LEDGER_FAILED, and then it is locked all the same
   */
  public boolean lock(String why) {
    transition.lock();
    try {
      if (loan.isEmpty()) {
        return false;
      }
      exchange(new State.Locked(clock.instant(), why), Optional.empty())
          .ifPresent(before -> before.revoke(DRAIN));
      ledger.append(new Event.Locked(why));
      return true;
    } finally {
      transition.unlock();
    }
  }

  /** Only under {@link #transition}; returns the loan that was. */
  private Optional<Loan> exchange(State next, Optional<Loan> nextLoan) {
    guard.lock();
    try {
      Optional<Loan> before = loan;
      state = next;
      loan = nextLoan;
      changed.signalAll();
      return before;
    } finally {
      guard.unlock();
    }
  }

  /**
   * Runs a use of the master identity; counts as activity. The use must not keep the identity.
   *
   * @throws Refusal.Sealed when sealed, or when a lock had to cut the use off
   */
  public <T> T withMaster(Function<X25519Identity, T> use) {
    lockIfDue();
    Loan borrowed = current();
    X25519Identity master = borrowed.borrow();
    if (master == null) {
      throw sealed();
    }
    try {
      countActivity();
      return use.apply(master);
    } catch (IllegalStateException | Refusal e) {
      // A key wiped under the use shows as either.
      throw borrowed.isRevoked() ? sealed() : e;
    } finally {
      borrowed.giveBack();
      countActivity();
    }
  }

  private Loan current() {
    guard.lock();
    try {
      return loan.orElseThrow(this::sealed);
    } finally {
      guard.unlock();
    }
  }

  private void countActivity() {
    guard.lock();
    try {
      if (state instanceof State.Open(var key, var since, var until, var _)) {
        state = new State.Open(key, since, until, clock.instant().plus(settings.idle()));
      }
    } finally {
      guard.unlock();
    }
  }

  /** What whoever needs the master key now is told; empty while it is unlocked. */
  public Optional<Refusal.Sealed> refusal() {
    return switch (state()) {
      case State.Locked locked -> Optional.of(Limits.refusal(locked, clock.instant()));
      case State.Open _ -> Optional.empty();
    };
  }

  private Refusal.Sealed sealed() {
    guard.lock();
    try {
      return Limits.refusal(state, clock.instant());
    } finally {
      guard.unlock();
    }
  }

  private void lockIfDue() {
    if (due().isEmpty()) {
      return;
    }
    transition.lock();
    try {
      // Asked again: an unlock may have come between.
      due().ifPresent(this::lock);
    } finally {
      transition.unlock();
    }
  }

  /** Which limit has passed. */
  private Optional<String> due() {
    guard.lock();
    try {
      return Limits.passed(state, clock.instant());
    } finally {
      guard.unlock();
    }
  }

  private void watch() {
    while (awaitChange()) {
      try {
        lockIfDue();
      } catch (Refusal e) {
        LOG.log(System.Logger.Level.ERROR, "locked, but not recorded: {0}", e.cause());
      }
    }
  }

  /** Waits until a limit may have passed; false once closed. */
  private boolean awaitChange() {
    guard.lock();
    try {
      switch (state) {
        case State.Locked _ when closed -> {}
        case State.Locked _ -> changed.await();
        case State.Open open -> {
          Duration left = Limits.left(open, clock.instant());
          changed.awaitNanos(left.compareTo(LOOK) < 0 ? left.toNanos() : LOOK.toNanos());
        }
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      guard.unlock();
    }
  }

  /** Locks for good. Idempotent. */
  @Override
  public void close() {
    transition.lock();
    try {
      lock("stop");
    } finally {
      finish();
      transition.unlock();
    }
  }

  private void finish() {
    guard.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      guard.unlock();
    }
  }
}
