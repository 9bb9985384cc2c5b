package nixbroker.installer;

/**
 * Why an installation cannot go on: a cause (lower case, no full stop), a hint, an exit code, and
 * the refusal's reason where the broker refused. Holds no secret.
 */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  static final int COMMAND_FAILED = 1;
  static final int USAGE = 2;
  static final int SEALED = 3;
  static final int REFUSED = 4;
  static final int CONFLICT = 5;
  static final int NO_BROKER = 6;
  static final int DEFECT = 70;

  private final int exit;
  private final String reason;
  private final String hint;

  private Failure(int exit, String reason, String cause, String hint) {
    super(cause, null, false, false);
    this.exit = exit;
    this.reason = reason;
    this.hint = hint;
  }

  static Failure usage(String cause, String hint) {
    return new Failure(USAGE, "USAGE", cause, hint);
  }

  /** What the broker, or this program in its place, does not let happen. */
  static Failure refused(String reason, String cause, String hint) {
    return new Failure(REFUSED, reason, cause, hint);
  }

  static Failure sealed(String cause, String hint) {
    return new Failure(SEALED, "SEALED", cause, hint);
  }

  static Failure conflict(String reason, String cause, String hint) {
    return new Failure(CONFLICT, reason, cause, hint);
  }

  static Failure noBroker(String cause, String hint) {
    return new Failure(NO_BROKER, "NO_BROKER", cause, hint);
  }

  static Failure command(String cause, String hint) {
    return new Failure(COMMAND_FAILED, "COMMAND_FAILED", cause, hint);
  }

  static Failure defect(String cause, String hint) {
    return new Failure(DEFECT, "DEFECT", cause, hint);
  }

  int exit() {
    return exit;
  }

  String reason() {
    return reason;
  }

  String hint() {
    return hint;
  }
}
