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

  /** Lends no more, waits at most this long for the uses that go on, then wipes. */
  void revoke(Duration patience) {
    guard.lock();
    try {
      revoked = true;
      long left = patience.toNanos();
      while (uses > 0 && left > 0) {
        left = returned.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      guard.unlock();
      master.close();
    }
  }
}
