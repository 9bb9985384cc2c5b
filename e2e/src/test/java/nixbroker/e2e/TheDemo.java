package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole story with the shipped programs, checked by programs that are not ours. */
class TheDemo {
  @Test
  void endsWithEveryCheckOk() throws Exception {
    String script = Path.of("../dev/demo.sh").toAbsolutePath().normalize().toString();

    var ended = Dist.run(Map.of("NB_DIST", Dist.folder().toString()), List.of(script));

    assertThat(ended.out()).containsPattern("all \\d+ checks are ok");
    assertThat(ended.code()).isZero();
  }
}
