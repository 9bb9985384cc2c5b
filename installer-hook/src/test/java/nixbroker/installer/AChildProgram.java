package nixbroker.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class AChildProgram {
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  private void run(String script) throws Exception {
    Command.run(
        List.of("sh", "-c", script), (stderr, text) -> said.add((stderr ? "2:" : "1:") + text));
  }

  @Test
  void isHeardLineByLineOnBothStreams() throws Exception {
    run("echo one; echo two; echo oops >&2; printf 'no end'");
    assertThat(said).contains("1:one", "1:two", "2:oops", "1:no end").hasSize(4);
  }

  @Test
  void cannotSteerTheTerminal() throws Exception {
    run("printf '\\033[31mred\\033[0m \\007bell\\r50 %%\\r100 %%\\n\\377\\n'");
    assertThat(said).containsExactly("1:red �bell", "1:50 %", "1:100 %", "1:�");
  }

  @Test
  void hasItsEndlessLinesCut() throws Exception {
    run("head -c 10000 /dev/zero | tr '\\0' x");
    assertThat(said).extracting(String::length).containsExactly(4098, 4098, 1810);
  }

  @Test
  void findsNothingOnItsStandardInput() throws Exception {
    run("cat; echo end");
    assertThat(said).containsExactly("1:end");
  }

  @Test
  void isAFailureWhenItEndsInOne() {
    assertThatThrownBy(() -> run("exit 3"))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exit()).isEqualTo(1))
        .hasMessage("sh ended with exit code 3");
  }

  @Test
  void isAFailureWhenItIsMissing() {
    assertThatThrownBy(() -> Command.run(List.of("/no/such/program"), (_, _) -> {}))
        .isInstanceOf(Failure.class)
        .hasMessage("cannot run /no/such/program");
  }
}
