package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import nixbroker.secret.LibCrypto;

/** The chunks after the header: STREAM over ChaCha20-Poly1305 in pieces of 64 KiB. */
final class Payload {
  static final int NONCE = 16;

  private static final int CHUNK = 1 << 16;
  private static final int SEALED_CHUNK = CHUNK + LibCrypto.TAG;

  private Payload() {}

  /** Bytes after the nonce for so many bytes of plaintext. */
  static long sealedLength(long plainLength) {
    long chunks = Math.max(1, (plainLength + CHUNK - 1) / CHUNK);
    return plainLength + chunks * LibCrypto.TAG;
  }

  /** The most plaintext that so many bytes after the nonce can hold. */
  static long plainLength(long sealedLength) throws AgeException.Payload {
    long full = sealedLength / SEALED_CHUNK;
    long rest = sealedLength % SEALED_CHUNK;
    if (sealedLength == 0 || rest > 0 && rest < LibCrypto.TAG) {
      throw new AgeException.Payload("the payload is cut short");
    }
    if (rest == LibCrypto.TAG && full > 0) {
      throw new AgeException.Payload("the payload ends in an empty chunk");
    }
    return full * CHUNK + Math.max(0, rest - LibCrypto.TAG);
  }

  /** Seals all of plain into ciphertext, which has sealedLength bytes. */
  static void seal(MemorySegment key, MemorySegment plain, MemorySegment ciphertext) {
    long from = 0;
    long to = 0;
    long counter = 0;
    boolean last;
    do {
      long length = Math.min(CHUNK, plain.byteSize() - from);
      last = from + length == plain.byteSize();
      LibCrypto.seal(
          key,
          nonce(counter++, last),
          plain.asSlice(from, length),
          ciphertext.asSlice(to, length + LibCrypto.TAG));
      from += length;
      to += length + LibCrypto.TAG;
    } while (!last);
  }

  /** Opens all of ciphertext into plain, which has plainLength bytes; on failure plain is wiped. */
  static void open(MemorySegment key, MemorySegment ciphertext, MemorySegment plain)
      throws AgeException.Payload {
    long from = 0;
    long to = 0;
    long counter = 0;
    while (from < ciphertext.byteSize()) {
      long length = Math.min(SEALED_CHUNK, ciphertext.byteSize() - from);
      boolean last = from + length == ciphertext.byteSize();
      MemorySegment chunk = ciphertext.asSlice(from, length);
      MemorySegment out = plain.asSlice(to, length - LibCrypto.TAG);
      if (!LibCrypto.open(key, nonce(counter, last), chunk, out)) {
        boolean lastTooEarly = !last && LibCrypto.open(key, nonce(counter, true), chunk, out);
        plain.fill((byte) 0);
        throw new AgeException.Payload(
            lastTooEarly
                ? "bytes follow the last chunk of the payload"
                : "chunk %d of the payload does not open".formatted(counter));
      }
      from += length;
      to += out.byteSize();
      counter++;
    }
  }

  private static byte[] nonce(long counter, boolean last) {
    return ByteBuffer.allocate(12).putLong(3, counter).put(11, (byte) (last ? 1 : 0)).array();
  }
}
