package nixbroker.cli;

/** The exit codes of nbctl, and no others but 130 and 141 (ended by Ctrl-C, by a closed pipe). */
enum Exit {
  DONE(0),
  FOUND(1),
  USAGE(2),
  SEALED(3),
  REFUSED(4),
  CONFLICT(5),
  NO_BROKER(6),
  DEFECT(70);

  final int code;

  Exit(int code) {
    this.code = code;
  }
}
