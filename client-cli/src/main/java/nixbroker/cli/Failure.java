package nixbroker.cli;

/**
 * An end other than success, ready to be shown: what is wrong, what to do about it, and the exit
 * code. The reason is the contract's where the broker refused, else one of nbctl's own words.
 */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Exit exit;
  private final String reason;
  private final String remedy;
  private final String incident;

  private Failure(Exit exit, String reason, String cause, String remedy, String incident) {
    super(cause, null, false, false);
    this.exit = exit;
    this.reason = reason;
    this.remedy = remedy;
    this.incident = incident;
  }

  /** cause, remedy: one line each; the remedy is empty when there is nothing to do. */
  static Failure of(Exit exit, String reason, String cause, String remedy) {
    return new Failure(exit, reason, cause, remedy, "");
  }

  static Failure usage(String cause, String remedy) {
    return of(Exit.USAGE, "USAGE", cause, remedy);
  }

  static Failure io(String cause, String remedy) {
    return of(Exit.REFUSED, "IO_FAILED", cause, remedy);
  }

  /** An unexpected error of the broker, which it names by 8 hex digits only. */
  static Failure incident(String id) {
    return new Failure(
        Exit.DEFECT,
        "DEFECT",
        "the broker failed unexpectedly (incident " + id + ")",
        "look for " + id + " in `journalctl --user -u nbrokerd`, and report it",
        id);
  }

  Exit exit() {
    return exit;
  }

  String reason() {
    return reason;
  }

  String remedy() {
    return remedy;
  }

  /** 8 hex digits; empty unless the broker gave them. */
  String incident() {
    return incident;
  }
}
