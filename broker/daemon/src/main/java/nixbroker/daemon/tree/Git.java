package nixbroker.daemon.tree;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * Runs the user's own git with an environment of our making. No hook, no file system monitor and no
 * transport of the repository can start a program.
 */
final class Git {
  // A signature may wait for a person: a passphrase, a touch.
  private static final long SECONDS = 120;
  private static final List<String> HARMLESS =
      List.of(
          "--literal-pathspecs",
          "--no-optional-locks",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "protocol.allow=never");

  private final Path program;

  Git(Path program) {
    this.program = program;
  }

  /** err: for people, in English. */
  record Result(int exit, byte[] bytes, String err) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * Runs git and returns its standard output.
   *
   * @throws Refusal.Declined GIT_FAILED, or IO_FAILED when git says so
   */
  String output(Path folder, Map<String, String> environment, String input, List<String> command) {
    Result result = run(folder, environment, input, command);
    if (result.exit() != 0) {
      throw failed(command, result);
    }
    return result.text();
  }

  Result run(Path folder, Map<String, String> environment, String input, List<String> command) {
    List<String> all = new ArrayList<>();
    all.add(program.toString());
    all.addAll(HARMLESS);
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
    fill(builder.environment(), environment);
    try {
      return ended(builder.start(), input, name(command));
    } catch (IOException e) {
      throw new Refusal.Declined(
          Reason.GIT_FAILED,
          "git cannot be run: " + e.getMessage(),
          "install git, or name it under git: in the configuration");
    }
  }

  private static void fill(Map<String, String> environment, Map<String, String> more) {
    environment.clear();
    for (String name : List.of("PATH", "HOME", "XDG_CONFIG_HOME")) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.put("LC_ALL", "C");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_NO_LAZY_FETCH", "1");
    environment.putAll(more);
  }

  private static Result ended(Process process, String input, String name) throws IOException {
    FutureTask<byte[]> out = reading(process.getInputStream());
    FutureTask<byte[]> err = reading(process.getErrorStream());
    FutureTask<Void> in = started(() -> feed(process, input));
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw failed("git " + name + " did not end within " + SECONDS + " s");
      }
      byte[] bytes = out.get(SECONDS, TimeUnit.SECONDS);
      String said = new String(err.get(SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8);
      if (process.exitValue() == 0) {
        in.get(SECONDS, TimeUnit.SECONDS);
      }
      return new Result(process.exitValue(), bytes, said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("git " + name + " was interrupted");
    } catch (TimeoutException e) {
      throw failed("git " + name + " left its output open");
    } catch (ExecutionException e) {
      throw new IOException("git " + name + ": " + e.getCause().getMessage(), e.getCause());
    } finally {
      process.destroyForcibly();
    }
  }

  private static Void feed(Process process, String input) throws IOException {
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return null;
  }

  private static FutureTask<byte[]> reading(InputStream stream) {
    return started(
        () -> {
          try (stream) {
            return stream.readAllBytes();
          }
        });
  }

  private static <T> FutureTask<T> started(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  static Refusal.Declined failed(List<String> command, Result result) {
    String said = result.err().strip().lines().findFirst().orElse("").replaceFirst("^fatal: ", "");
    String text =
        result.exit() > 129
            ? "was killed by signal " + (result.exit() - 128)
            : "failed: " + (said.isEmpty() ? "exit code " + result.exit() : said);
    String cause = "git " + name(command) + " " + text;
    if (result.err().contains("No space left on device")
        || result.err().contains("Input/output error")) {
      return new Refusal.Declined(
          Reason.IO_FAILED, cause, "free space or mend the disk, then try again");
    }
    return failed(cause);
  }

  private static Refusal.Declined failed(String cause) {
    return new Refusal.Declined(
        Reason.GIT_FAILED, cause, "git status and git fsck in the tree say more");
  }

  private static String name(List<String> command) {
    int i = 0;
    while (command.get(i).startsWith("-")) {
      i += command.get(i).equals("-c") ? 2 : 1;
    }
    return command.get(i);
  }
}
