package nixbroker.age;

import java.util.List;
import java.util.Optional;

/** A passphrase to decrypt with. */
public final class ScryptIdentity implements Identity {
  private final Passphrase passphrase;
  private final int maxLogN;

  /**
   * Reads files of up to 4 GiB of work (logN 22), as age does.
   *
   * @param passphrase UTF-8, not empty; copied to a page that close() wipes
   */
  public ScryptIdentity(byte[] passphrase) {
    this(passphrase, Passphrase.MAX_LOG_N);
  }

  /** The same with a limit of its own, 1 to 30: reading may take 2^maxLogN KiB of memory. */
  public ScryptIdentity(byte[] passphrase, int maxLogN) {
    if (maxLogN < 1 || maxLogN > 30) {
      throw new IllegalArgumentException("maxLogN must be 1 to 30");
    }
    this.passphrase = new Passphrase(passphrase);
    this.maxLogN = maxLogN;
  }

  /**
   * @throws AgeException.Header when an scrypt stanza is malformed, asks for more work than
   *     allowed, or is not alone
   */
  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    for (Stanza stanza : stanzas) {
      if (stanza.type().equals(Passphrase.TYPE)) {
        if (stanzas.size() != 1) {
          throw new AgeException.Header("an scrypt stanza is not the only one");
        }
        return open(stanza);
      }
    }
    return Optional.empty();
  }

  private Optional<FileKey> open(Stanza stanza) throws AgeException {
    if (stanza.arguments().size() != 3 || stanza.body().length != FileKey.WRAPPED) {
      throw malformed();
    }
    byte[] salt =
        B64.decode(stanza.arguments().get(1))
            .filter(bytes -> bytes.length == Passphrase.SALT)
            .orElseThrow(ScryptIdentity::malformed);
    int logN = logN(stanza.arguments().get(2));
    return FileKey.unwrap(
        stanza.body(), (unused, wrapKey) -> passphrase.wrapKey(salt, logN, wrapKey));
  }

  private int logN(String text) throws AgeException.Header {
    if (!text.matches("[1-9][0-9]*")) {
      throw malformed();
    }
    if (text.length() > 2 || Integer.parseInt(text) > maxLogN) {
      throw new AgeException.Header("the passphrase asks for more work than 2^" + maxLogN);
    }
    return Integer.parseInt(text);
  }

  private static AgeException.Header malformed() {
    return new AgeException.Header("an scrypt stanza is malformed");
  }

  @Override
  public void close() {
    passphrase.close();
  }

  @Override
  public String toString() {
    return "ScryptIdentity[maxLogN " + maxLogN + "]";
  }
}
