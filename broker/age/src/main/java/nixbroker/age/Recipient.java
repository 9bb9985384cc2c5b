package nixbroker.age;

/** To whom an age file is encrypted. */
public sealed interface Recipient permits X25519Recipient, ScryptRecipient, PivP256Recipient {
  Stanza wrap(FileKey key) throws AgeException;

  /** age1… or age1yubikey1… */
  static Recipient parse(String text) throws AgeException {
    throw new UnsupportedOperationException();
  }
}
