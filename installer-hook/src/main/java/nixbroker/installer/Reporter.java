package nixbroker.installer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nixbroker.proto.v1.OutputLine;
import nixbroker.proto.v1.Phase;
import nixbroker.proto.v1.PhaseChange;
import nixbroker.proto.v1.PhaseState;
import nixbroker.proto.v1.ReportEvent;

/**
 * Sends phases and output to the broker from a thread of its own, in order. An installation never
 * waits for it and never fails by it: while the broker is away the newest output is let go.
 */
final class Reporter implements AutoCloseable {
  private static final int MOST_WAITING = 4096;
  private static final int MOST_A_CALL = 256;
  private static final int MOST_BYTES_A_CALL = 24 * 1024;
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private final BrokerApi broker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ReportEvent> waiting = new ArrayDeque<>();
  private final Thread thread;
  private boolean ended;
  private int dropped;

  Reporter(BrokerApi broker) {
    this.broker = broker;
    this.thread = Thread.ofVirtual().name("reporter").start(this::run);
  }

  void phase(Phase phase, PhaseState state, String detail) {
    PhaseChange change =
        PhaseChange.newBuilder().setPhase(phase).setState(state).setDetail(detail).build();
    add(ReportEvent.newBuilder().setPhase(change).build());
  }

  void output(Phase phase, boolean stderr, String text) {
    lock.lock();
    try {
      if (waiting.size() >= MOST_WAITING) {
        dropped++;
        return;
      }
      if (dropped > 0) {
        waiting.add(line(phase, true, "nb-install: " + dropped + " lines were not sent"));
        dropped = 0;
      }
      add(line(phase, stderr, text));
    } finally {
      lock.unlock();
    }
  }

  private static ReportEvent line(Phase phase, boolean stderr, String text) {
    OutputLine line =
        OutputLine.newBuilder().setPhase(phase).setStderr(stderr).setText(text).build();
    return ReportEvent.newBuilder().setOutput(line).build();
  }

  private void add(ReportEvent event) {
    lock.lock();
    try {
      waiting.add(event);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<ReportEvent> batch = next(); !batch.isEmpty(); batch = next()) {
        broker.report(batch);
        sent(batch.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Failure notWanted) {
      // the broker wants no more reports (its bundle ended) or is gone for good; the next call of
      // the installation itself says so to the person who waits
    } finally {
      finish();
    }
  }

  /** The oldest events, without taking them; empty when there will be none. */
  private List<ReportEvent> next() throws InterruptedException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended) {
        changed.await();
      }
      List<ReportEvent> batch = new ArrayList<>();
      int bytes = 0;
      for (ReportEvent event : waiting) {
        bytes += event.getSerializedSize();
        if (batch.size() == MOST_A_CALL || (!batch.isEmpty() && bytes > MOST_BYTES_A_CALL)) {
          break;
        }
        batch.add(event);
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void sent(int events) {
    lock.lock();
    try {
      for (int i = 0; i < events; i++) {
        waiting.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Gives what is waiting a last chance. */
  @Override
  public void close() {
    finish();
    try {
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
