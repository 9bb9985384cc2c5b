package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.util.List;
import nixbroker.secret.LibCrypto;

/** A passphrase to encrypt with; it must be the only recipient of its file. */
public final class ScryptRecipient implements Recipient, AutoCloseable {
  private final Passphrase passphrase;
  private final int logN;

  /**
   * @param passphrase UTF-8, not empty; copied to a page that close() wipes
   * @param logN the work, 1 to 22: both sides need 2^logN KiB of memory (18 is age's own choice)
   */
  public ScryptRecipient(byte[] passphrase, int logN) {
    if (logN < 1 || logN > Passphrase.MAX_LOG_N) {
      throw new IllegalArgumentException("logN must be 1 to 22");
    }
    this.passphrase = new Passphrase(passphrase);
    this.logN = logN;
  }

  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    byte[] salt = new byte[Passphrase.SALT];
    LibCrypto.random(MemorySegment.ofArray(salt));
    byte[] body = key.wrap((unused, wrapKey) -> passphrase.wrapKey(salt, logN, wrapKey));
    return new Stanza(List.of(Passphrase.TYPE, B64.encode(salt), Integer.toString(logN)), body);
  }

  @Override
  public void close() {
    passphrase.close();
  }

  @Override
  public String toString() {
    return "ScryptRecipient[logN " + logN + "]";
  }
}
