package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.SecretPage;

/**
 * The 16 random bytes of one age file, in a page, with room for the keys of one stanza. For the
 * thread that got it.
 */
public final class FileKey implements AutoCloseable {
  static final int LENGTH = 16;
  static final int WRAPPED = LENGTH + LibCrypto.TAG;

  private static final int DERIVED = 32;
  private static final byte[] ZERO_NONCE = new byte[12];
  private static final MemorySegment NO_SALT = MemorySegment.ofArray(new byte[0]);
  private static final MemorySegment HEADER = ascii("header");
  private static final MemorySegment PAYLOAD = ascii("payload");

  private final SecretPage page = SecretPage.allocateConfined(LENGTH + 2 * DERIVED);

  private FileKey() {}

  static FileKey random() {
    FileKey key = new FileKey();
    LibCrypto.random(key.bytes());
    return key;
  }

  /** Computes the wrap key of a stanza, with room for the 32 bytes it is derived from. */
  @FunctionalInterface
  interface WrapKey {
    void derive(MemorySegment shared, MemorySegment wrapKey) throws AgeException;
  }

  /** Opens the body of a stanza (32 bytes); empty when the wrap key is not the one. */
  static Optional<FileKey> unwrap(byte[] body, WrapKey source) throws AgeException {
    FileKey key = new FileKey();
    boolean mine = false;
    try {
      source.derive(key.shared(), key.derived());
      mine = LibCrypto.open(key.derived(), ZERO_NONCE, MemorySegment.ofArray(body), key.bytes());
      return mine ? Optional.of(key) : Optional.empty();
    } finally {
      if (!mine) {
        key.close();
      }
    }
  }

  /** The body of a stanza. */
  byte[] wrap(WrapKey source) throws AgeException {
    byte[] body = new byte[WRAPPED];
    source.derive(shared(), derived());
    LibCrypto.seal(derived(), ZERO_NONCE, bytes(), MemorySegment.ofArray(body));
    return body;
  }

  void headerMac(byte[] covered, MemorySegment mac) {
    LibCrypto.hkdfSha256(bytes(), NO_SALT, HEADER, derived());
    LibCrypto.hmacSha256(derived(), mac, MemorySegment.ofArray(covered));
  }

  /** The key of the payload with this 16-byte nonce; good until the next derivation. */
  MemorySegment payloadKey(MemorySegment nonce) {
    LibCrypto.hkdfSha256(bytes(), nonce, PAYLOAD, derived());
    return derived();
  }

  static MemorySegment ascii(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII));
  }

  private MemorySegment bytes() {
    return page.segment().asSlice(0, LENGTH);
  }

  private MemorySegment derived() {
    return page.segment().asSlice(LENGTH, DERIVED);
  }

  private MemorySegment shared() {
    return page.segment().asSlice(LENGTH + DERIVED, DERIVED);
  }

  @Override
  public void close() {
    page.close();
  }
}
