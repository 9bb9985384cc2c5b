package nixbroker.daemon.seal;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nixbroker.age.X25519Identity;

/** One unlocked identity, and how many uses of it go on. Thread-safe. */
final class Loan {
  private final X25519Identity master;
  private final ReentrantLock guard = new ReentrantLock();
  private final Condition returned = guard.newCondition();
  private int uses;
  private boolean revoked;

  Loan(X25519Identity master) {
    this.master = master;
  }

  /** Lends it for a use; null once revoked. */
  X25519Identity borrow() {
    guard.lock();
    try {
      if (revoked) {
        return null;
      }
      uses++;
      return master;
    } finally {
      guard.unlock();
    }
  }

  void giveBack() {
    guard.lock();
    try {
      uses--;
      returned.signalAll();
      if (revoked && uses == 0) {
        master.close();
      }
    } finally {
      guard.unlock();
    }
  }

  boolean isRevoked() {
    guard.lock();
    try {
      return revoked;
    } finally {
      guard.unlock();
    }
  }

  /**
   * Lends no more, waits at most this long for the uses that go on, then wipes, whether they have
   * ended or not.
   */
  void revoke(Duration patience) {
    guard.lock();
    try {
      revoked = true;
      awaitReturns(patience);
      wipe();
    } finally {
      guard.unlock();
    }
  }

  private void awaitReturns(Duration patience) {
    try {
      long left = patience.toNanos();
      while (uses > 0 && left > 0) {
        left = returned.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A native call on the key in this very moment keeps its page mapped, wiped, until it returns.
   */
  private void wipe() {
    try {
      master.close();
    } catch (IllegalStateException e) {
      if (uses == 0) {
        throw e;
      }
    }
  }
}
