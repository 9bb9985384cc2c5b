package nixbroker.daemon.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.policy.HostName;
import nixbroker.proto.v1.WatchEvent;

/**
 * One caller watching. News come on the watcher's own thread, which waits while the caller's
 * connection is full; how far behind it may fall is bounded by the bundle room's queue.
 */
final class WatchStream {
  private static final String METHOD = "nixbroker.v1.Operator/Watch";

  private final ServerCallStreamObserver<WatchEvent> answer;
  private final Set<HostName> hosts;
  private final boolean untilDone;
  private final Failures failures;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition mayGoOn = lock.newCondition();
  private final Map<HostName, Progress> progress = new HashMap<>();
  private boolean ended;

  /** The newest bundle of a host, and whether its installation has ended. */
  private record Progress(String bundle, boolean done) {}

  /** hosts: those to watch; empty: every host. */
  WatchStream(
      ServerCallStreamObserver<WatchEvent> answer,
      Set<HostName> hosts,
      boolean untilDone,
      Failures failures) {
    this.answer = answer;
    this.hosts = hosts;
    this.untilDone = untilDone;
    this.failures = failures;
  }

  /** Returns at once. */
  void begin(Bundles bundles) {
    answer.setOnReadyHandler(this::wake);
    Bundles.Watch watch = bundles.watch(this::accept);
    answer.setOnCancelHandler(
        () -> {
          watch.close();
          end(() -> {});
        });
    answer.setOnCloseHandler(watch::close);
  }

  private void wake() {
    lock.lock();
    try {
      mayGoOn.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** On the watcher's thread, where no interceptor catches what goes wrong. */
  private void accept(Bundles.News news) {
    try {
      switch (news) {
        case Bundles.News.StateChanged(Bundles.View view, var at) -> {
          send(view, ToProto.changed(view, at));
          boolean over = view.state() == Bundles.State.EXPIRED;
          advance(view, over);
        }
        case Bundles.News.Reported(Bundles.View view, var at, Bundles.Report report) -> {
          send(view, ToProto.reported(view, at, report));
          advance(view, isLast(report));
        }
        case Bundles.News.Dropped _ ->
            end(
                () ->
                    answer.onError(
                        Status.RESOURCE_EXHAUSTED
                            .withDescription("fell too far behind; watch again")
                            .asRuntimeException()));
      }
    } catch (RuntimeException failure) {
      end(() -> answer.onError(failures.end(METHOD, failure).asException()));
    }
  }

  private void send(Bundles.View view, WatchEvent event) {
    if (!hosts.isEmpty() && !hosts.contains(view.host())) {
      return;
    }
    lock.lock();
    try {
      while (!ended && !answer.isReady()) {
        mayGoOn.await();
      }
      if (!ended) {
        answer.onNext(event);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isLast(Bundles.Report report) {
    return report instanceof Bundles.Report.Phase(String phase, String state, _)
        && (state.equals("FAILED") || phase.equals("NIXOS_INSTALL") && state.equals("DONE"));
  }

  private void advance(Bundles.View view, boolean over) {
    progress.merge(
        view.host(),
        new Progress(view.id(), over),
        (before, now) ->
            before.bundle().equals(now.bundle())
                ? new Progress(now.bundle(), before.done() || over)
                : now);
    boolean allThere = hosts.isEmpty() || progress.keySet().containsAll(hosts);
    boolean allDone =
        progress.entrySet().stream()
            .filter(e -> hosts.isEmpty() || hosts.contains(e.getKey()))
            .allMatch(e -> e.getValue().done());
    if (untilDone && allThere && allDone) {
      end(answer::onCompleted);
    }
  }

  private void end(Runnable last) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        mayGoOn.signalAll();
        last.run();
      }
    } finally {
      lock.unlock();
    }
  }
}
