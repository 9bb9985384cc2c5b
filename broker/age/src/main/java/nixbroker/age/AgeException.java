package nixbroker.age;

/** Why an age file, key or recipient is refused; the classes differ by type. */
public sealed class AgeException extends Exception {
  private static final long serialVersionUID = 1L;

  private AgeException(String message) {
    super(message, null, false, false);
  }

  public static final class Header extends AgeException {
    private static final long serialVersionUID = 1L;

    public Header(String m) {
      super(m);
    }
  }

  public static final class Armor extends AgeException {
    private static final long serialVersionUID = 1L;

    public Armor(String m) {
      super(m);
    }
  }

  public static final class Mac extends AgeException {
    private static final long serialVersionUID = 1L;

    public Mac(String m) {
      super(m);
    }
  }

  public static final class Payload extends AgeException {
    private static final long serialVersionUID = 1L;

    public Payload(String m) {
      super(m);
    }
  }

  public static final class NoMatch extends AgeException {
    private static final long serialVersionUID = 1L;

    public NoMatch(String m) {
      super(m);
    }
  }

  /** A key, recipient or identity string that is not one. */
  public static final class Key extends AgeException {
    private static final long serialVersionUID = 1L;

    public Key(String m) {
      super(m);
    }
  }
}
