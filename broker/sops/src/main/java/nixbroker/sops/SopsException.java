package nixbroker.sops;

/** Why a sops file or .sops.yaml is refused, by type; no message holds a value. */
public abstract sealed class SopsException extends Exception {
  private static final long serialVersionUID = 1L;

  private SopsException(String message) {
    super(message, null, false, false);
  }

  /** No sops metadata: not an encrypted file. */
  public static final class NotEncrypted extends SopsException {
    private static final long serialVersionUID = 1L;

    public NotEncrypted(String m) {
      super(m);
    }
  }

  public static final class Malformed extends SopsException {
    private static final long serialVersionUID = 1L;

    public Malformed(String m) {
      super(m);
    }
  }

  /** MAC absent, wrong, or a value that does not open under its path: tampered with. */
  public static final class Tampered extends SopsException {
    private static final long serialVersionUID = 1L;

    public Tampered(String m) {
      super(m);
    }
  }

  public static final class NoMatchingKey extends SopsException {
    private static final long serialVersionUID = 1L;

    public NoMatchingKey(String m) {
      super(m);
    }
  }

  /**
   * Well-formed, but not of a kind this version edits (dialect, store, key groups …); {@link
   * #paste()} has lines to add by hand.
   */
  public static final class Unsupported extends SopsException {
    private static final long serialVersionUID = 1L;
    private final String paste;

    public Unsupported(String m, String paste) {
      super(m);
      this.paste = paste;
    }

    public String paste() {
      return paste;
    }
  }
}
