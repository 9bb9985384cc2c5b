package nixbroker.daemon;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What libraries and rooms log: one line on standard error each. */
final class StderrLog extends Handler {
  /**
   * Says for every connection that a Unix socket knows no SO_KEEPALIVE. Held, or it would be
   * collected.
   */
  private static final Logger BOOTSTRAP =
      Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

  private final PrintStream out;
  private final SimpleFormatter formatter = new SimpleFormatter();

  private StderrLog(PrintStream out) {
    this.out = out;
  }

  static void install(PrintStream out) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new StderrLog(out));
    BOOTSTRAP.setLevel(Level.SEVERE);
  }

  @Override
  public void publish(LogRecord line) {
    String name = String.valueOf(line.getLoggerName());
    String who = name.startsWith("nixbroker.") ? "" : name.substring(name.lastIndexOf('.') + 1);
    out.println(
        "nbrokerd: "
            + (who.isEmpty() ? "" : who + ": ")
            + formatter.formatMessage(line)
            + causes(line.getThrown()));
  }

  /** Their classes only: a message may quote what it failed on. */
  private static String causes(Throwable thrown) {
    StringBuilder names = new StringBuilder();
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      names.append(names.isEmpty() ? " (" : ", ").append(cause.getClass().getSimpleName());
    }
    return names.isEmpty() ? "" : names.append(')').toString();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {}
}
