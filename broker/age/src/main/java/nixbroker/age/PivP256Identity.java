package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import nixbroker.secret.SecretPage;

/** Opens piv-p256 stanzas with the help of whoever can do ECDH with the slot's key. */
public final class PivP256Identity implements Identity {
  /**
   * ECDH in the slot: the ephemeral point (65 bytes, uncompressed) in, the 32-byte x-coordinate
   * out, in a page that the identity closes. May throw unchecked.
   */
  @FunctionalInterface
  public interface Agreement {
    SecretPage agree(byte[] point65);
  }

  private static final int SHARED = 32;

  private final PivP256Recipient recipient;
  private final Agreement agreement;

  public PivP256Identity(PivP256Recipient recipient, Agreement agreement) {
    this.recipient = recipient;
    this.agreement = agreement;
  }

  /**
   * Asks for an agreement only when a stanza carries this key's tag.
   *
   * @throws AgeException.Header when a piv-p256 stanza is malformed, or one with this key's tag
   *     does not open
   */
  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    for (Stanza stanza : stanzas) {
      if (stanza.type().equals(PivP256Recipient.TYPE)) {
        byte[] share = share(stanza);
        if (isMine(stanza)) {
          return Optional.of(open(share, stanza.body()));
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] share(Stanza stanza) throws AgeException.Header {
    if (stanza.arguments().size() != 3 || stanza.body().length != FileKey.WRAPPED) {
      throw malformed();
    }
    B64.decode(stanza.arguments().get(1))
        .filter(tag -> tag.length == PivP256Recipient.TAG)
        .orElseThrow(PivP256Identity::malformed);
    return B64.decode(stanza.arguments().get(2))
        .filter(share -> share.length == P256Point.COMPRESSED)
        .orElseThrow(PivP256Identity::malformed);
  }

  private boolean isMine(Stanza stanza) {
    return stanza.arguments().get(1).equals(B64.encode(recipient.tag()));
  }

  private FileKey open(byte[] share, byte[] body) throws AgeException {
    byte[] point = decompress(share);
    return FileKey.unwrap(body, (unused, wrapKey) -> agree(point, share, wrapKey))
        .orElseThrow(
            () -> new AgeException.Header("a stanza is for " + recipient + " but does not open"));
  }

  private void agree(byte[] point, byte[] share, MemorySegment wrapKey) {
    try (SecretPage shared = agreement.agree(point)) {
      if (shared.length() != SHARED) {
        throw new IllegalStateException("an agreement gave " + shared.length() + " bytes, not 32");
      }
      recipient.wrapKey(shared.segment(), share, wrapKey);
    }
  }

  private static byte[] decompress(byte[] share) throws AgeException.Header {
    try {
      return P256Point.decompress(share);
    } catch (AgeException.Key e) {
      throw new AgeException.Header("a piv-p256 stanza is malformed: " + e.getMessage());
    }
  }

  private static AgeException.Header malformed() {
    return new AgeException.Header("a piv-p256 stanza is malformed");
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "PivP256Identity[" + recipient + "]";
  }
}
