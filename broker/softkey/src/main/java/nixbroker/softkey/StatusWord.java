package nixbroker.softkey;

/** The status words this card ends its answers with. */
enum StatusWord {
  OK(0x9000),
  WRONG_LENGTH(0x6700),
  NOT_SATISFIED(0x6982),
  BLOCKED(0x6983),
  CONDITIONS(0x6985),
  WRONG_DATA(0x6a80),
  NOT_FOUND(0x6a82),
  WRONG_PARAMETERS(0x6a86),
  NO_REFERENCE(0x6a88),
  UNKNOWN_INSTRUCTION(0x6d00);

  private final int code;

  StatusWord(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  Answered exception() {
    return new Answered(code);
  }

  /** 63Cx: the PIN is not verified, and x tries are left. */
  static Answered triesLeft(int tries) {
    return tries == 0 ? BLOCKED.exception() : new Answered(0x63c0 | tries);
  }

  /** Ends a command with a status word and no data. */
  static final class Answered extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    private Answered(int code) {
      super(Integer.toHexString(code), null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
