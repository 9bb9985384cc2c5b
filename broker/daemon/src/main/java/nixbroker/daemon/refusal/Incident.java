package nixbroker.daemon.refusal;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An unexpected error on its way out: the caller gets the id, the log gets classes and frames. No
 * message is repeated, because a message may quote what it failed on, and that may be a secret.
 *
 * @param id 8 lower-case hex digits
 */
public record Incident(String id, String report) {
  private static final int DEEPEST = 8;

  /**
   * Gives a failure an id.
   *
   * @param where what was being done, e.g. a method of the contract
   */
  public static Incident of(String where, Throwable failure) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    StringBuilder report = new StringBuilder("incident " + id + " in " + where + '\n');
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      report.append(depth == 0 ? "  " : "  caused by ").append(cause.getClass().getName());
      report.append('\n');
      for (StackTraceElement frame : cause.getStackTrace()) {
        report.append("    at ").append(frame).append('\n');
      }
      cause = cause.getCause();
    }
    return new Incident(id, report.toString());
  }
}
