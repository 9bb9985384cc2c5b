package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ABrokerKilledDuringApply {
  @TempDir Path base;

  @Test
  void leavesOldOrNewAtEveryDurableCall() throws Exception {
    Points points = new Points(base);
    int count = points.each(Broker.CALLS, (call, n) -> kill(points, call, n));
    assertThat(count).isGreaterThanOrEqualTo(50);
  }

  private static void kill(Points points, String call, int n) throws Exception {
    Path copy = points.copy("kill-" + call + "-" + n);
    List<String> fault = Broker.inject(call, "signal=SIGKILL", String.valueOf(n));
    assertThat(Broker.run(copy, "git", fault).exit()).as("the broker died").isEqualTo(137);
    try (Sample sample = Sample.over(copy.resolve("repo"), copy.resolve("repo"), copy)) {
      points.assertRecovers(sample);
    }
  }
}
