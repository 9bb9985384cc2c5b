package nixbroker.daemon;

import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import nixbroker.daemon.refusal.Incident;

/** What libraries and rooms log: one line on standard error, of a failure classes and frames. */
final class StderrLog extends Handler {
  /**
   * Says at every start that a Unix socket knows no SO_KEEPALIVE. Held, or it would be collected.
   */
  private static final Logger BOOTSTRAP =
      Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap.AbstractBootstrap");

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
    String report = line.getThrown() == null ? "" : Incident.of(name, line.getThrown()).report();
    out.println("nbrokerd: " + (who.isEmpty() ? "" : who + ": ") + formatter.formatMessage(line));
    if (!report.isEmpty()) {
      out.print(report);
    }
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {}
}
