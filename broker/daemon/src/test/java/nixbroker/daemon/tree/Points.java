package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A prepared tree, a copy of it for each point at which a broker is broken, and what must hold. */
final class Points {
  final Path base;
  final Map<String, Integer> counts;
  private final Path prepared;
  private final String before;

  Points(Path base) throws Exception {
    this.base = base.toRealPath();
    this.prepared = this.base.resolve("prepared");
    try (Sample sample = Sample.in(prepared)) {
      sample.trees();
      this.before = sample.git("rev-parse", "HEAD").strip();
    }
    Sample.copy(prepared, this.base.resolve("counted")).close();
    this.counts = Broker.counts(this.base.resolve("counted"));
  }

  Path copy(String name) throws Exception {
    Path copy = base.resolve(name);
    Sample.copy(prepared, copy).close();
    return copy;
  }

  /** What is done at the nth such call. */
  interface Break {
    void at(String call, int n) throws Exception;
  }

  /** Breaks a broker at every call of the given names, two at a time. */
  int each(List<String> calls, Break what) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(2)) {
      for (String call : calls) {
        for (int n = 1; n <= counts.get(call); n++) {
          // A started program is four writes to a pipe: one point.
          if (!call.equals("write") || n % 4 == 1) {
            running.add(threads.submit(point(what, call, n)));
          }
        }
      }
    }
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause().getMessage(), e.getCause());
      }
    }
    return running.size();
  }

  private static Callable<Void> point(Break what, String call, int n) {
    return () -> {
      try {
        what.at(call, n);
      } catch (AssertionError e) {
        throw new AssertionError("at " + call + " " + n + ": " + e.getMessage(), e);
      }
      return null;
    };
  }

  boolean isNew(Sample sample) throws Exception {
    return sample.read(".sops.yaml").equals("rules: new\n");
  }

  /** Every file, HEAD and the index are old, or all are new. */
  void assertWhole(Sample sample) throws Exception {
    boolean isNew = isNew(sample);
    String what = isNew ? "new" : "old";
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: " + what + "\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: " + what + "\n");
    assertThat(sample.has("hosts")).isEqualTo(isNew);
    assertThat(sample.git("rev-parse", isNew ? "HEAD^" : "HEAD").strip()).isEqualTo(before);
    assertThat(sample.git("status", "--porcelain")).isEmpty();
    assertThat(sample.git("fsck", "--no-dangling", "--no-progress")).isEmpty();
  }

  /** Starts again: finished or undone, nothing left, and the same change can be made. */
  void assertRecovers(Sample sample) throws Exception {
    sample.trees().recover();
    assertWhole(sample);
    assertThat(Recovery.open(sample.ledger())).isEmpty();
    if (Files.exists(sample.top.resolve(".git/nixbroker"))) {
      assertThat(sample.top.resolve(".git/nixbroker")).isEmptyDirectory();
    }
    sample.apply(Broker.CHANGE);
    assertThat(isNew(sample)).isTrue();
    assertWhole(sample);
  }
}
