package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.SecretPage;

/** What an scrypt stanza needs to know about its passphrase. */
final class Passphrase implements AutoCloseable {
  static final String TYPE = "scrypt";
  static final int SALT = 16;
  static final int MAX_LOG_N = 22;

  private static final byte[] LABEL =
      "age-encryption.org/v1/scrypt".getBytes(StandardCharsets.US_ASCII);

  private final SecretPage page;

  Passphrase(byte[] utf8) {
    if (utf8.length == 0) {
      throw new IllegalArgumentException("an empty passphrase");
    }
    page = SecretPage.allocate(utf8.length);
    page.segment().copyFrom(MemorySegment.ofArray(utf8));
  }

  void wrapKey(byte[] salt, int logN, MemorySegment out) {
    byte[] labelled = Arrays.copyOf(LABEL, LABEL.length + salt.length);
    System.arraycopy(salt, 0, labelled, LABEL.length, salt.length);
    LibCrypto.scrypt(page.segment(), MemorySegment.ofArray(labelled), logN, out);
  }

  @Override
  public void close() {
    page.close();
  }
}
