package nixbroker.age;

/** A passphrase (UTF-8 bytes, copied in, wiped on close). */
public final class ScryptRecipient implements Recipient, AutoCloseable {
  public ScryptRecipient(byte[] passphrase, int logN) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
