package nixbroker.secret;

/** libcrypto 3 is missing, too old, or refuses an operation that cannot be refused. */
public final class LibCryptoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LibCryptoException(String message) {
    super(message);
  }
}
