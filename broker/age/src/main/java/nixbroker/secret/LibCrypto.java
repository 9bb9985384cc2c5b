package nixbroker.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static nixbroker.secret.LibCryptoLibrary.require;
import static nixbroker.secret.LibCryptoLibrary.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cryptography of age on memory segments, by OpenSSL's libcrypto. Keys and shared secrets must
 * be native segments (a slice of a {@link SecretPage}); "anywhere" means on the heap too. What
 * libcrypto copies it wipes before a method returns. Every method throws {@link LibCryptoException}
 * when libcrypto is missing or fails for a reason that is not in the data.
 */
public final class LibCrypto {
  /** Bytes that {@link #seal} adds. */
  public static final int TAG = 16;

  private static final int SCRYPT_R = 8;
  private static final MemorySegment NULL = MemorySegment.NULL;

  private LibCrypto() {}

  /**
   * Loads the library once: from this path, or (null) from where the linker finds libcrypto.so.3.
   * Without this call the first use does the latter.
   *
   * @throws LibCryptoException naming what is missing and how to get it
   */
  public static void load(Path pathOrNull) {
    LibCryptoLibrary.load(Optional.ofNullable(pathOrNull));
  }

  /** Fills a segment anywhere from libcrypto's generator for private values. */
  public static void random(MemorySegment out) {
    run(
        () ->
            require(
                (int) LibCryptoFunctions.RAND_PRIV_BYTES.invokeExact(out, (int) out.byteSize()),
                "RAND"));
  }

  /** Constant-time equality of segments anywhere; the lengths are not secret. */
  public static boolean equal(MemorySegment a, MemorySegment b) {
    return a.byteSize() == b.byteSize()
        && run(() -> (int) LibCryptoFunctions.CRYPTO_MEMCMP.invokeExact(a, b, a.byteSize())) == 0;
  }

  /** The 32-byte public point of a 32-byte scalar (clamped on use). */
  public static void x25519Public(MemorySegment scalar, MemorySegment point) {
    KeyAgreement.x25519Public(scalar, point);
  }

  /**
   * Agreement of a scalar and its own point, known already, with a peer's point (32 bytes each, the
   * points anywhere) into 32 bytes.
   *
   * @return false when the point has low order: the result is all zero
   */
  public static boolean x25519(
      MemorySegment scalar, MemorySegment own, MemorySegment point, MemorySegment shared) {
    return KeyAgreement.x25519(scalar, own, point, shared);
  }

  /**
   * Makes an ephemeral key, writes its point to share (32 bytes, anywhere) and its agreement with
   * the peer's point to shared.
   *
   * @return false when the peer's point has low order
   */
  public static boolean x25519Encapsulate(
      MemorySegment point, MemorySegment share, MemorySegment shared) {
    return KeyAgreement.encapsulate("X25519", "", point, share, shared);
  }

  /**
   * The same on P-256. Point: SEC1, compressed or not; share: 65 bytes, uncompressed; shared: the
   * 32-byte x-coordinate.
   *
   * @return false when the point is not on the curve
   */
  public static boolean p256Encapsulate(
      MemorySegment point, MemorySegment share, MemorySegment shared) {
    return KeyAgreement.encapsulate("EC", "P-256", point, share, shared);
  }

  /** HKDF-SHA-256 with 32 bytes of output; salt (empty: 32 zero bytes) and info anywhere. */
  public static void hkdfSha256(
      MemorySegment ikm, MemorySegment salt, MemorySegment info, MemorySegment out) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment saltKey = arena.allocate(Math.max(32, salt.byteSize()));
      saltKey.copyFrom(salt);
      MemorySegment counter = arena.allocateFrom(JAVA_BYTE, (byte) 1);
      // the pseudorandom key stands in out until the one block of output replaces it
      hmacSha256(salt.byteSize() == 0 ? saltKey : saltKey.asSlice(0, salt.byteSize()), out, ikm);
      hmacSha256(out, out, info, counter);
    }
  }

  /** HMAC-SHA-256 over the parts (anywhere) one after another, into 32 bytes (anywhere). */
  public static void hmacSha256(MemorySegment key, MemorySegment out, MemorySegment... parts) {
    run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned mac =
                  Owned.of(
                      (MemorySegment) LibCryptoFunctions.MAC_NEW.invokeExact(Fetched.HMAC),
                      LibCryptoFunctions.MAC_FREE,
                      "HMAC")) {
            MemorySegment context = mac.pointer();
            require(
                (int)
                    LibCryptoFunctions.MAC_INIT.invokeExact(
                        context, key, key.byteSize(), Fetched.HMAC_SHA256),
                "HMAC");
            for (MemorySegment part : parts) {
              require(
                  (int) LibCryptoFunctions.MAC_UPDATE.invokeExact(context, part, part.byteSize()),
                  "HMAC");
            }
            MemorySegment length = arena.allocate(JAVA_LONG);
            return require(
                (int)
                    LibCryptoFunctions.MAC_FINAL.invokeExact(context, out, length, out.byteSize()),
                "HMAC");
          }
        });
  }

  /**
   * ChaCha20-Poly1305 with a 32-byte key and a 12-byte nonce; plain and sealed anywhere, sealed is
   * {@link #TAG} bytes longer.
   */
  public static void seal(
      MemorySegment key, byte[] nonce, MemorySegment plain, MemorySegment ciphertext) {
    Aead.seal(key, nonce, plain, ciphertext);
  }

  /**
   * The reverse.
   *
   * @return false when the tag is wrong: plain is wiped
   */
  public static boolean open(
      MemorySegment key, byte[] nonce, MemorySegment ciphertext, MemorySegment plain) {
    return Aead.open(key, nonce, ciphertext, plain);
  }

  /**
   * scrypt with r = 8, p = 1 and 2^logN rounds, which needs 2^logN KiB of memory; the salt may be
   * anywhere.
   *
   * @throws LibCryptoException when there is not so much memory
   */
  public static void scrypt(
      MemorySegment passphrase, MemorySegment salt, int logN, MemorySegment out) {
    long n = 1L << logN;
    long memory = 128L * SCRYPT_R * (n + 16);
    run(
        () -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment nativeSalt = arena.allocate(salt.byteSize()).copyFrom(salt);
            return require(
                (int)
                    LibCryptoFunctions.SCRYPT.invokeExact(
                        passphrase,
                        passphrase.byteSize(),
                        nativeSalt,
                        nativeSalt.byteSize(),
                        n,
                        (long) SCRYPT_R,
                        1L,
                        memory,
                        out,
                        out.byteSize()),
                "scrypt with %d MiB".formatted(memory >> 20));
          }
        });
  }

  /** SHA-512 of a segment anywhere, into 64 bytes. */
  public static void sha512(MemorySegment in, MemorySegment out) {
    run(
        () ->
            require(
                (int)
                    LibCryptoFunctions.DIGEST.invokeExact(
                        in, in.byteSize(), out, NULL, Fetched.SHA512, NULL),
                "SHA-512"));
  }

  /** Algorithms looked up once: a fetch costs more than a MAC. */
  private static final class Fetched {
    static final MemorySegment HMAC = LibCryptoLibrary.fetch(LibCryptoFunctions.MAC_FETCH, "HMAC");
    static final MemorySegment SHA512 =
        LibCryptoLibrary.fetch(LibCryptoFunctions.DIGEST_FETCH, "SHA512");
    static final MemorySegment HMAC_SHA256 =
        new Parameters(Arena.global(), 1).text("digest", "SHA256").array();
  }
}
