package nixbroker.daemon.refusal;

/**
 * An expected "no": a reason, a cause for the person who asked and what to do about it. The kinds
 * differ in what the caller can do: mend the request, unseal, try again, or change something first.
 * No text of a refusal holds a secret.
 */
public abstract sealed class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String remedy;

  private Refusal(Reason reason, String cause, String remedy) {
    super(cause, null, false, false);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** Which "no" it is. */
  public final Reason reason() {
    return reason;
  }

  /** What is wrong: one line, lower case, no full stop. */
  public final String cause() {
    return getMessage();
  }

  /** What to do about it: one line; empty when there is nothing to do. */
  public final String remedy() {
    return remedy;
  }

  /** The request itself is malformed (exit code 2). */
  public static final class Usage extends Refusal {
    private static final long serialVersionUID = 1L;

    public Usage(Reason reason, String cause, String remedy) {
      super(reason, cause, remedy);
    }
  }

  /** The broker is sealed and the request needs the master key (exit code 3). */
  public static final class Sealed extends Refusal {
    private static final long serialVersionUID = 1L;

    public Sealed(String why) {
      super(Reason.SEALED, "the broker is sealed (" + why + ")", "nbctl unlock");
    }
  }

  /** The state of the world, not the request, stands in the way (exit code 4). */
  public static final class Declined extends Refusal {
    private static final long serialVersionUID = 1L;

    public Declined(Reason reason, String cause, String remedy) {
      super(reason, cause, remedy);
    }
  }

  /** Somebody else changed something meanwhile; nothing was changed by us (exit code 5). */
  public static final class Conflict extends Refusal {
    private static final long serialVersionUID = 1L;

    public Conflict(Reason reason, String cause, String remedy) {
      super(reason, cause, remedy);
    }
  }
}
