package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * nbrokerd as a process, and a strace that waits beside it to be told which of its threads to
 * break. A user namespace makes that strace strong enough: nbrokerd lets nobody look into it.
 */
final class RunningBroker implements AutoCloseable {
  private static final String BESIDE =
      "\"$1\" & echo pid $!; read -r options || { wait; exit 0; }; exec strace $options";

  /** What it printed until it was ready. */
  final List<String> said = new ArrayList<>();

  private final Process beside;
  private final BufferedReader out;
  private final long pid;

  private RunningBroker(Process beside) throws IOException {
    this.beside = beside;
    this.out = beside.inputReader();
    this.pid = Long.parseLong(until("pid ").substring(4));
    until("ready on");
  }

  static RunningBroker start(World world) throws Exception {
    List<String> words = new ArrayList<>();
    if (!world.run(world.home, "id", "-u").strip().equals("0")) {
      words.addAll(List.of("unshare", "--map-root-user"));
    }
    words.addAll(List.of("sh", "-c", BESIDE, "beside", World.program("bin/nbrokerd")));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(world.environment());
    return new RunningBroker(builder.start());
  }

  private String until(String part) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.add(line);
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("nbrokerd never said '" + part + "': " + said);
  }

  /** The thread that makes all durable calls of a transaction, or all others. */
  List<String> threads(boolean apply) throws IOException {
    List<String> threads = new ArrayList<>();
    try (var tasks = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
      for (Path task : tasks.toList()) {
        if (Files.readString(task.resolve("comm")).strip().equals("apply") == apply) {
          threads.add(task.getFileName().toString());
        }
      }
    }
    return threads;
  }

  /** Attaches strace to threads; returns when it watches. */
  void attach(List<String> threads, String options) throws IOException {
    Writer to = beside.outputWriter();
    to.write(options + " -p " + String.join(" -p ", threads) + "\n");
    to.flush();
    for (int i = 0; i < threads.size(); i++) {
      until("attached");
    }
  }

  /** Waits until strace, and with it the broker, is gone. */
  void awaitEnd() throws Exception {
    assertThat(beside.waitFor(60, TimeUnit.SECONDS)).as("the broker ends").isTrue();
  }

  void stop() throws Exception {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    beside.outputWriter().close();
    assertThat(beside.waitFor(60, TimeUnit.SECONDS)).as("the broker stops").isTrue();
  }

  @Override
  public void close() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    beside.destroyForcibly();
  }
}
