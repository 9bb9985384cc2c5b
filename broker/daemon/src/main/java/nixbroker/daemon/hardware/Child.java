package nixbroker.daemon.hardware;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.secret.Pipe;
import nixbroker.secret.SecretPage;

/**
 * A program spoken to over its standard input and output, by pipes that never touch the heap. Every
 * wait ends after the timeout, and then the program is killed.
 */
final class Child implements AutoCloseable {
  private final String name;
  private final Reason failed;
  private final Duration timeout;
  private final Process process;
  private final Pipe input;
  private final Pipe output;

  private Child(
      String name, Reason failed, Duration timeout, Process process, Pipe input, Pipe output) {
    this.name = name;
    this.failed = failed;
    this.timeout = timeout;
    this.process = process;
    this.input = input;
    this.output = output;
  }

  /** The reasons of the refusals a program's failures become. */
  record Reasons(Reason missing, Reason failed) {}

  /**
   * Starts the program with this environment and no other.
   *
   * @throws Refusal.Declined when it cannot be started
   */
  static Child start(
      String name,
      List<String> command,
      Map<String, String> environment,
      Reasons reasons,
      Duration timeout) {
    Pipe input = Pipe.open();
    Pipe output = Pipe.open();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(input.childReads()))
              .redirectOutput(ProcessBuilder.Redirect.to(output.childWrites()))
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.start();
      input.closeReadEnd();
      output.closeWriteEnd();
      return new Child(name, reasons.failed(), timeout, process, input, output);
    } catch (IOException e) {
      input.close();
      output.close();
      throw new Refusal.Declined(
          reasons.missing(),
          name + " cannot be started: " + command.getFirst(),
          "set hardware." + name.replace("nb-card", "helper") + " in the configuration");
    }
  }

  /** Writes bytes of the page. */
  void write(SecretPage page, int length) {
    try {
      input.write(page, 0, length);
    } catch (IOException e) {
      throw failure("ended without an answer");
    }
  }

  /** Writes what is no secret. */
  void write(byte[] bytes) {
    try (SecretPage page = SecretPage.allocate(bytes.length)) {
      page.segment().asByteBuffer().put(bytes);
      write(page, bytes.length);
    }
  }

  /** At least one byte and at most max, at the offset of the page; returns how many. */
  int read(SecretPage page, int offset, int max) {
    try {
      int count = output.read(page, offset, max, timeout);
      if (count == 0) {
        throw failure("ended without an answer");
      }
      return count;
    } catch (InterruptedIOException e) {
      throw new TimedOut();
    } catch (IOException e) {
      throw failure("cannot be read from");
    }
  }

  /** Exactly length bytes. */
  void readFully(SecretPage page, int offset, int length) {
    int done = 0;
    while (done < length) {
      done += read(page, offset + done, length - done);
    }
  }

  /** What a program did that it must not do. */
  Refusal failure(String what) {
    return new Refusal.Declined(
        failed, name + " " + what, "see what it wrote to the broker's standard error");
  }

  Refusal hung() {
    return new Refusal.Declined(
        failed,
        name + " did not answer within " + timeout.toSeconds() + " s and was stopped",
        "take the key out, put it in again, and run the same command again");
  }

  /** No answer came within the timeout. */
  static final class TimedOut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TimedOut() {
      super(null, null, false, false);
    }
  }

  /** A piece of the page that is no secret, as text. */
  static String text(SecretPage page, int offset, int length) {
    byte[] bytes = page.segment().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII).replaceAll("[^\\x20-\\x7e]", "?");
  }

  /** Ends the program, and whatever it started, at once. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    input.close();
    output.close();
  }
}
