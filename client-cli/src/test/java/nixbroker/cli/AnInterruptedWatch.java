package nixbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ended by a signal while the call runs. */
class AnInterruptedWatch {
  @TempDir Path home;

  @Test
  void cancelsTheCallAtTheBrokerAndSaysNothing() throws IOException, InterruptedException {
    Path socket = home.resolve("broker.sock");
    try (ScriptedBroker broker = new ScriptedBroker(socket, home, ScriptedOperator.Mood.UNLOCKED)) {
      String nbctl = Launcher.folder(home).resolve("nbctl").toString();
      Process process =
          new ProcessBuilder(nbctl, "watch", "waiting", "--socket", socket.toString()).start();
      try (BufferedReader out = process.inputReader()) {
        assertThat(out.readLine()).startsWith("waiting");
        process.toHandle().destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        assertThat(process.errorReader().readLine()).isNull();
        assertThat(broker.sawACancellation()).isTrue();
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
