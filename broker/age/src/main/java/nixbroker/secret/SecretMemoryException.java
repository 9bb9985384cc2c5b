package nixbroker.secret;

/** Memory for a class A secret cannot be had, locked or protected. */
public final class SecretMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SecretMemoryException(String message) {
    super(message);
  }
}
