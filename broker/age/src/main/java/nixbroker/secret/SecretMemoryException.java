package nixbroker.secret;

/** Memory for a class A secret cannot be had or locked. */
public final class SecretMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SecretMemoryException(String message) {
    super(message);
  }
}
