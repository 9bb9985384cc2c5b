package nixbroker.daemon;

/** Why nbrokerd does not start: what is wrong, and what to do about it. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /** The machine, or another broker, stands in the way. */
  static final int REFUSED = 4;

  private final int exitCode;
  private final String remedy;

  StartFailure(int exitCode, String cause, String remedy) {
    super(cause, null, false, false);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }

  int exitCode() {
    return exitCode;
  }

  String remedy() {
    return remedy;
  }
}
