package nixbroker.age;

public record X25519Recipient(String text) implements Recipient {
  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** The recipient ssh-to-age prints for this 32-byte Ed25519 public key. */
  public static X25519Recipient ofSshEd25519(byte[] ed25519Public) throws AgeException {
    throw new UnsupportedOperationException();
  }
}
