package nixbroker.installer;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of the two programs of an installation, run as a child; its output goes on line by line. */
final class Command {
  /** Longest line that goes on in one piece, in bytes. */
  private static final int LONGEST_LINE = 4096;

  private Command() {}

  /** Where lines go; called from two threads. */
  interface Lines {
    void line(boolean stderr, String text);
  }

  /** Runs to the end. Its standard input is empty: nobody sits there. */
  static void run(List<String> words, Lines lines) throws Failure, InterruptedException {
    Process process = start(words);
    Thread onEnd = new Thread(process::destroy, "command-stopper");
    Runtime.getRuntime().addShutdownHook(onEnd);
    try {
      Thread errors = Thread.ofVirtual().start(() -> pump(process.getErrorStream(), true, lines));
      Thread output = Thread.ofVirtual().start(() -> pump(process.getInputStream(), false, lines));
      int exit = process.waitFor();
      // a daemon that it left behind may hold the pipes open; what it says is not waited for
      output.join(TimeUnit.SECONDS.toMillis(5));
      errors.join(TimeUnit.SECONDS.toMillis(5));
      if (exit != 0) {
        throw Failure.command(
            words.getFirst() + " ended with exit code " + exit, "its last lines say why");
      }
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(onEnd);
    }
  }

  private static Process start(List<String> words) throws Failure {
    try {
      Process process = new ProcessBuilder(words).start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw Failure.command(
          "cannot run " + words.getFirst(), "install it, or name another command");
    }
  }

  private static void pump(InputStream in, boolean stderr, Lines lines) {
    byte[] line = new byte[LONGEST_LINE];
    int n = 0;
    try (InputStream from = new java.io.BufferedInputStream(in)) {
      for (int b = from.read(); b >= 0; b = from.read()) {
        if (b == '\n' || b == '\r') {
          n = emit(line, n, stderr, lines);
        } else {
          line[n++] = (byte) b;
          if (n == line.length) {
            n = emit(line, n, stderr, lines);
          }
        }
      }
      emit(line, n, stderr, lines);
    } catch (IOException e) {
      lines.line(true, "nb-install: the rest of the output is lost");
    }
  }

  /** Empty lines, which progress bars make, do not go on. */
  private static int emit(byte[] line, int length, boolean stderr, Lines lines) {
    if (length > 0) {
      lines.line(stderr, Shown.line(line, length));
    }
    return 0;
  }
}
