package nixbroker.card;

/** Why a conversation ends without its result; the text is one line and holds no secret. */
public final class CardFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The kinds, with their byte in the FAILED frame of docs/nb-card.md. */
  public enum Kind {
    /** No card, or no card with the serial asked for. */
    NO_CARD(1),
    /** The slot holds another key than the one expected, or none. */
    WRONG_CARD(2),
    /** The card refused the PIN; tries says how many are left. */
    PIN_WRONG(3),
    /** One try is left; it was not used. */
    LAST_TRY(4),
    /** No try is left. */
    BLOCKED(5),
    /** The card waited for a touch in vain. */
    TOUCH_MISSED(6),
    /** The card vanished or stopped answering. */
    CARD_GONE(7),
    /** Another program holds the card. */
    BUSY(8),
    /** The PC/SC service does not answer. */
    NO_SERVICE(9),
    /** The card answered with an error of its own. */
    CARD_ERROR(10),
    /** The slot already holds something. */
    SLOT_TAKEN(11),
    /** The management key is not the default one. */
    MANAGEMENT_KEY(12),
    /** The PIN does not have 6 to 8 characters; the card was not asked. */
    PIN_FORM(13),
    /** The request, or how the program was started, makes no sense to it. */
    BAD_REQUEST(14),
    /** A software key was asked of the program that only knows real cards. */
    NO_SOFTWARE_KEY(15);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private final Kind kind;
  private final int tries;

  public CardFailure(Kind kind, String message) {
    this(kind, 0, message);
  }

  CardFailure(Kind kind, int tries, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.tries = tries;
  }

  public Kind kind() {
    return kind;
  }

  /** PIN tries left, for PIN_WRONG; else 0. */
  public int tries() {
    return tries;
  }
}
