package nixbroker.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The real program in a process of its own. */
final class Nbrokerd implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  /** After the last line of standard error. */
  private static final String END = "\0";

  final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();

  private Nbrokerd(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /** Arguments of the JVM, then of the program. */
  static Nbrokerd run(List<String> jvm, String... arguments) throws IOException {
    // A build in the background ignores SIGINT, and would hand that down.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.grpc.netty.shaded.io.netty.transport.noNative=true",
            "-Dio.grpc.netty.shaded.io.netty.noUnsafe=true"));
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Broker.class.getName()));
    command.addAll(List.of(arguments));
    return new Nbrokerd(
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** A configuration in a folder, with an empty tree in a repository of its own. */
  static Path configure(Path folder, String more) throws IOException {
    run("git", "init", "-q", folder.resolve("tree").toString());
    Path file = folder.resolve("config.yaml");
    Files.writeString(
        file,
        "trees: {home: %1$s/tree}\nstate: %1$s/state\nsocket: %1$s/run/broker.sock\n%2$s"
            .formatted(folder, more));
    return file;
  }

  private static void run(String... command) throws IOException {
    try {
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Nbrokerd start(Path config) throws IOException {
    return run(List.of(), "--config", config.toString());
  }

  static Nbrokerd ready(Path config) throws IOException {
    Nbrokerd broker = start(config);
    broker.awaitLine("nbrokerd: ready on ");
    return broker;
  }

  private void read() {
    try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
      err.lines().forEach(lines::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lines.add(END);
    }
  }

  /** The first line that begins so. */
  String awaitLine(String beginning) {
    String line;
    do {
      line = next();
      if (line.equals(END)) {
        throw new AssertionError("ended without '" + beginning + "': " + seen);
      }
    } while (!line.startsWith(beginning));
    return line;
  }

  private String next() {
    try {
      String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("nothing more within 30 s: " + seen);
      }
      seen.add(line);
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits for the end; everything said on standard error so far. */
  List<String> ended() {
    while (!seen.contains(END)) {
      next();
    }
    return seen.subList(0, seen.size() - 1);
  }

  int exitCode() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still runs: " + seen);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  List<String> seen() {
    return seen;
  }

  void signal(String name) throws IOException {
    run("kill", "-" + name, Long.toString(process.pid()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    exitCode();
  }
}
