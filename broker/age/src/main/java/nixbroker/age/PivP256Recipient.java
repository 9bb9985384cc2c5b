package nixbroker.age;

/** A P-256 key in a PIV slot: age1yubikey1…; the point is 33 bytes, compressed SEC1. */
public record PivP256Recipient(String text) implements Recipient {
  public static PivP256Recipient ofPoint(byte[] compressed33) throws AgeException {
    throw new UnsupportedOperationException();
  }

  public byte[] point() {
    throw new UnsupportedOperationException();
  }

  /** SHA-256(point)[:4]. */
  public byte[] tag() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    throw new UnsupportedOperationException();
  }
}
