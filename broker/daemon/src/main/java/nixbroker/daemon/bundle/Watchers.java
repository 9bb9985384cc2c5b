package nixbroker.daemon.bundle;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hands news to every watcher without ever waiting for one. */
final class Watchers {
  /** News a watcher may be behind before it is dropped. */
  static final int MOST_BEHIND = 4096;

  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

  /** Starts with what is known already, then everything published after this call. */
  Watcher add(List<Bundles.News> known, Consumer<Bundles.News> listener) {
    Watcher watcher = new Watcher(known, listener);
    watchers.add(watcher);
    watcher.thread.start();
    return watcher;
  }

  void publish(Bundles.News news) {
    for (Watcher watcher : watchers) {
      watcher.offer(news);
    }
  }

  /** One watcher: its queue and the thread that empties it. */
  final class Watcher {
    private final BlockingQueue<Bundles.News> queue = new ArrayBlockingQueue<>(MOST_BEHIND);
    private final Thread thread;
    private volatile boolean dropped;

    private Watcher(List<Bundles.News> known, Consumer<Bundles.News> listener) {
      this.thread = Thread.ofVirtual().name("bundle-watcher").unstarted(() -> run(known, listener));
    }

    private void offer(Bundles.News news) {
      if (!queue.offer(news)) {
        dropped = true;
        watchers.remove(this);
      }
    }

    private void run(List<Bundles.News> known, Consumer<Bundles.News> listener) {
      try {
        known.forEach(listener);
        while (!dropped || !queue.isEmpty()) {
          listener.accept(queue.take());
        }
        listener.accept(new Bundles.News.Dropped(MOST_BEHIND));
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
      } finally {
        watchers.remove(this);
      }
    }

    /** No news is handed over after the one being handed over now. Never waits. */
    void close() {
      watchers.remove(this);
      thread.interrupt();
    }
  }
}
