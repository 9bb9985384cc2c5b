package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AFailingDisk {
  private static final List<String> FILLED =
      List.of("write", "pwrite64", "fdatasync", "syncfs", "mkdir");
  private static final List<String> BROKEN =
      List.of("fsync", "fdatasync", "syncfs", "renameat2", "unlink", "rmdir");

  @TempDir Path base;

  @Test
  void isARefusalWithTheOldStateWhenItIsFull() throws Exception {
    Points points = new Points(base);
    points.each(FILLED, (call, n) -> fail(points, call, "ENOSPC", n));
  }

  @Test
  void isARefusalWithTheOldStateWhenItErrs() throws Exception {
    Points points = new Points(base);
    points.each(BROKEN, (call, n) -> fail(points, call, "EIO", n));
  }

  @Test
  void leavesOldOrNewAfterARestartWhenItNeverWorksAgain() throws Exception {
    Points points = new Points(base);
    List<String> calls = new ArrayList<>(List.of("pwrite64", "fsync", "fdatasync", "renameat2"));
    points.each(calls, (call, n) -> failFor(points, call, n));
  }

  private static void fail(Points points, String call, String error, int n) throws Exception {
    Path copy = points.copy(error + "-" + call + "-" + n);
    List<String> fault = Broker.inject(call, "error=" + error, String.valueOf(n));
    Broker.Ended ended = Broker.run(copy, "git", fault);
    try (Sample sample = Sample.over(copy.resolve("repo"), copy.resolve("repo"), copy)) {
      assertThat(ended.exit()).as(ended.said()).isIn(0, 4);
      assertThat(points.isNew(sample)).as(ended.said()).isEqualTo(ended.exit() == 0);
      points.assertWhole(sample);
      sample.trees().recover();
      assertThat(points.isNew(sample)).as("after a restart").isEqualTo(ended.exit() == 0);
      points.assertRecovers(sample);
    }
  }

  private static void failFor(Points points, String call, int n) throws Exception {
    Path copy = points.copy("for-good-" + call + "-" + n);
    Broker.Ended ended = Broker.run(copy, "git", Broker.inject(call, "error=EIO", n + "+"));
    try (Sample sample = Sample.over(copy.resolve("repo"), copy.resolve("repo"), copy)) {
      assertThat(ended.exit()).as(ended.said()).isIn(0, 4);
      points.assertRecovers(sample);
    }
  }
}
