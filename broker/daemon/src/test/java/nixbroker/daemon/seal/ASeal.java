package nixbroker.daemon.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nixbroker.age.X25519Identity;
import nixbroker.age.X25519Recipient;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ASeal {
  private static final HardwareKey KEY = new HardwareKey("YubiKey", 15_432_198, 0x82, false);
  private static final Seal.Settings LIMITS =
      new Seal.Settings(Duration.ofHours(1), Duration.ofHours(8));

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private Ledger ledger;
  private Seal seal;
  private X25519Identity master;

  @BeforeEach
  void start() {
    ledger = Ledger.open(folder.resolve("ledger"), clock);
    seal = new Seal(LIMITS, ledger, clock);
    master = X25519Identity.generate();
  }

  @AfterEach
  void stop() {
    seal.close();
    master.close();
    ledger.close();
  }

  private List<Event> events() {
    return ledger.entries().stream().map(Ledger.Entry::event).toList();
  }

  private X25519Recipient use() {
    return seal.withMaster(X25519Identity::recipient);
  }

  @Test
  void startsLocked() {
    assertThat(seal.state()).isEqualTo(new Seal.State.Locked(clock.instant(), "start"));
    assertThatThrownBy(this::use)
        .isInstanceOf(Refusal.Sealed.class)
        .hasMessage("the broker is sealed (not unlocked since it started)");
  }

  @Test
  void lendsTheMasterKeyOnceUnlocked() {
    X25519Recipient expected = master.recipient();
    seal.unlock(KEY, master);
    assertThat(use()).isEqualTo(expected);
  }

  @Test
  void recordsUnlockAndLock() {
    Seal.State.Open open = seal.unlock(KEY, master);
    seal.lock("lock");
    assertThat(events())
        .containsExactly(
            new Event.Unlocked("YubiKey 15432198", open.until()), new Event.Locked("lock"));
  }

  @Test
  void staysLockedAndWipesWhenUnlockCannotBeRecorded() {
    ledger.close();
    assertThatThrownBy(() -> seal.unlock(KEY, master)).isInstanceOf(RuntimeException.class);
    assertThat(seal.state()).isInstanceOf(Seal.State.Locked.class);
    assertThatThrownBy(() -> master.encoded().close()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void wipesWhenItLocks() {
    seal.unlock(KEY, master);
    assertThat(seal.lock("lock")).isTrue();
    assertThatThrownBy(() -> master.encoded().close()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void wipesEvenWhenTheLockCannotBeRecorded() {
    seal.unlock(KEY, master);
    ledger.close();
    assertThat(catchThrowable(() -> seal.lock("lock"))).isNotNull();
    assertThat(seal.state()).isInstanceOf(Seal.State.Locked.class);
    assertThatThrownBy(() -> master.encoded().close()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void locksOnce() {
    seal.unlock(KEY, master);
    assertThat(seal.lock("lock")).isTrue();
    assertThat(seal.lock("lock")).isFalse();
    assertThat(events()).hasSize(2);
  }

  @Test
  void saysWhyAndHowLongAgoItWasLocked() {
    seal.unlock(KEY, master);
    seal.lock("system sleep");
    clock.pass(Duration.ofMinutes(9));
    assertThatThrownBy(this::use)
        .hasMessage("the broker is sealed (locked by system sleep 9 min ago)");
  }

  @Test
  void locksWhenIdle() {
    seal.unlock(KEY, master);
    clock.pass(LIMITS.idle());
    assertThat(seal.state()).isEqualTo(new Seal.State.Locked(clock.instant(), "idle"));
  }

  @Test
  void isKeptOpenByUse() {
    seal.unlock(KEY, master);
    clock.pass(LIMITS.idle().minusSeconds(1));
    use();
    clock.pass(LIMITS.idle().minusSeconds(1));
    assertThat(seal.state()).isInstanceOf(Seal.State.Open.class);
  }

  @Test
  void isNotKeptOpenByLookingAtIt() {
    seal.unlock(KEY, master);
    clock.pass(LIMITS.idle().minusSeconds(1));
    seal.state();
    clock.pass(Duration.ofSeconds(1));
    assertThat(seal.state()).isInstanceOf(Seal.State.Locked.class);
  }

  @Test
  void locksAtTheLimitHoweverBusy() {
    Seal.State.Open open = seal.unlock(KEY, master);
    while (clock.instant().isBefore(open.until())) {
      use();
      clock.pass(Duration.ofMinutes(30));
    }
    assertThatThrownBy(this::use).hasMessage("the broker is sealed (locked by time limit 0 s ago)");
  }

  @Test
  void locksByItselfWhileNobodyAsks() throws Exception {
    try (Seal brief =
        new Seal(
            new Seal.Settings(Duration.ofMillis(300), Duration.ofHours(1)),
            ledger,
            InstantSource.system())) {
      brief.unlock(KEY, master);
      while (!events().contains(new Event.Locked("idle"))) {
        Thread.onSpinWait();
      }
    }
    assertThatThrownBy(() -> master.encoded().close()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void letsAUseThatIsNearlyDoneEnd() throws Exception {
    X25519Recipient expected = master.recipient();
    seal.unlock(KEY, master);
    CountDownLatch inUse = new CountDownLatch(1);
    CountDownLatch locking = new CountDownLatch(1);
    CompletableFuture<X25519Recipient> use =
        CompletableFuture.supplyAsync(
            () ->
                seal.withMaster(
                    m -> {
                      inUse.countDown();
                      await(locking);
                      return m.recipient();
                    }),
            Thread::startVirtualThread);
    await(inUse);
    CompletableFuture<Boolean> lock =
        CompletableFuture.supplyAsync(() -> seal.lock("lock"), Thread::startVirtualThread);
    while (seal.state() instanceof Seal.State.Open) {
      Thread.onSpinWait();
    }
    locking.countDown();
    assertThat(use.get()).isEqualTo(expected);
    assertThat(lock.get()).isTrue();
  }

  @Test
  void cutsOffAUseThatDoesNotEnd() {
    seal.unlock(KEY, master);
    CountDownLatch inUse = new CountDownLatch(1);
    CountDownLatch locked = new CountDownLatch(1);
    CompletableFuture<Void> use =
        CompletableFuture.supplyAsync(
            () ->
                seal.withMaster(
                    m -> {
                      inUse.countDown();
                      await(locked);
                      m.encoded().close();
                      return null;
                    }),
            Thread::startVirtualThread);
    await(inUse);
    long before = System.nanoTime();
    seal.lock("lock");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    locked.countDown();
    assertThatThrownBy(use::join).hasCauseInstanceOf(Refusal.Sealed.class);
  }

  @Test
  void lendsNothingNewWhileItDrains() {
    seal.unlock(KEY, master);
    assertThatThrownBy(
            () ->
                seal.withMaster(
                    _ -> {
                      CompletableFuture.runAsync(
                          () -> seal.lock("lock"), Thread::startVirtualThread);
                      while (seal.state() instanceof Seal.State.Open) {
                        Thread.onSpinWait();
                      }
                      return use();
                    }))
        .isInstanceOf(Refusal.Sealed.class);
  }

  @Test
  void replacesTheMasterKeyWhenItIsUnlockedAgain() {
    seal.unlock(KEY, master);
    try (X25519Identity second = X25519Identity.generate()) {
      X25519Recipient expected = second.recipient();
      seal.unlock(KEY, second);
      assertThat(use()).isEqualTo(expected);
      assertThatThrownBy(() -> master.encoded().close()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void staysLockedOnceClosed() {
    seal.unlock(KEY, master);
    seal.close();
    assertThat(events().getLast()).isEqualTo(new Event.Locked("stop"));
    X25519Identity late = X25519Identity.generate();
    assertThatThrownBy(() -> seal.unlock(KEY, late)).isInstanceOf(Refusal.Sealed.class);
    assertThatThrownBy(() -> late.encoded().close()).isInstanceOf(IllegalStateException.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
