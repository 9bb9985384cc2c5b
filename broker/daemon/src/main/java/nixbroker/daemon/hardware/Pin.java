package nixbroker.daemon.hardware;

import nixbroker.secret.SecretPage;

/** A PIN in a page: the first length bytes of it. */
record Pin(SecretPage page, int length) implements AutoCloseable {
  /** The longest a card takes. */
  static final int MAX = 8;

  @Override
  public void close() {
    page.close();
  }

  @Override
  public String toString() {
    return "Pin";
  }
}
