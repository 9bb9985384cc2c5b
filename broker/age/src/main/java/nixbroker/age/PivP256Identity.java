package nixbroker.age;

import java.util.List;
import java.util.Optional;
import nixbroker.secret.SecretPage;

/** Opens piv-p256 stanzas with the help of whoever can do ECDH with the slot's key. */
public final class PivP256Identity implements Identity {
  /**
   * ECDH in the slot: the ephemeral point (65 bytes, uncompressed) in, the 32-byte x-coordinate
   * out, in a page the caller closes. May throw unchecked.
   */
  @FunctionalInterface
  public interface Agreement {
    SecretPage agree(byte[] point65);
  }

  public PivP256Identity(PivP256Recipient recipient, Agreement agreement) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
