package nixbroker.daemon.rpc;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * For work that waits in native code, as the conversation with a card does for a minute: on a
 * virtual thread it would hold a carrier, and on a small machine keep every other call waiting.
 */
final class OwnThread {
  private OwnThread() {}

  /** Runs the work on a platform thread and waits for it. */
  static <T> T run(Supplier<T> work) {
    FutureTask<T> task = new FutureTask<>(work::get);
    Thread.ofPlatform().name("conversation").daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case Throwable checked -> throw new AssertionError(checked);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new Refusal.Declined(Reason.PIN_CANCELLED, "the broker stops", "");
    }
  }
}
