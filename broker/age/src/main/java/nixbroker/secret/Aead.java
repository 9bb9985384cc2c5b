package nixbroker.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static nixbroker.secret.LibCrypto.TAG;
import static nixbroker.secret.LibCryptoLibrary.require;
import static nixbroker.secret.LibCryptoLibrary.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** ChaCha20-Poly1305 without additional data; a cipher lives for one call only. */
final class Aead {
  private static final String NAME = "ChaCha20-Poly1305";
  private static final int GET_TAG = 0x10;
  private static final int SET_TAG = 0x11;
  private static final MemorySegment ALGORITHM =
      LibCryptoLibrary.fetch(LibCryptoFunctions.CIPHER_FETCH, NAME);

  private Aead() {}

  static void seal(MemorySegment key, byte[] nonce, MemorySegment plain, MemorySegment ciphertext) {
    run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned cipher = cipher()) {
            long length = plain.byteSize();
            initialise(cipher, arena, key, nonce, 1);
            update(cipher, arena, plain, ciphertext.asSlice(0, length));
            require(finish(cipher, arena), NAME);
            return require(control(cipher, GET_TAG, ciphertext.asSlice(length, TAG)), NAME);
          }
        });
  }

  static boolean open(
      MemorySegment key, byte[] nonce, MemorySegment ciphertext, MemorySegment plain) {
    return run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned cipher = cipher()) {
            long length = plain.byteSize();
            initialise(cipher, arena, key, nonce, 0);
            require(control(cipher, SET_TAG, ciphertext.asSlice(length, TAG)), NAME);
            update(cipher, arena, ciphertext.asSlice(0, length), plain);
            boolean authentic = finish(cipher, arena) == 1;
            if (!authentic) {
              plain.fill((byte) 0);
              LibCryptoFunctions.ERR_CLEAR.invokeExact();
            }
            return authentic;
          }
        });
  }

  private static Owned cipher() throws Throwable {
    return Owned.of(
        (MemorySegment) LibCryptoFunctions.CIPHER_NEW.invokeExact(),
        LibCryptoFunctions.CIPHER_FREE,
        NAME);
  }

  private static void initialise(
      Owned cipher, Arena arena, MemorySegment key, byte[] nonce, int encrypt) throws Throwable {
    MemorySegment iv = arena.allocateFrom(JAVA_BYTE, nonce);
    require(
        (int)
            LibCryptoFunctions.CIPHER_INIT.invokeExact(
                cipher.pointer(), ALGORITHM, key, iv, encrypt, MemorySegment.NULL),
        NAME);
  }

  private static void update(Owned cipher, Arena arena, MemorySegment in, MemorySegment out)
      throws Throwable {
    if (in.byteSize() > 0) {
      MemorySegment written = arena.allocate(JAVA_INT);
      int length = Math.toIntExact(in.byteSize());
      require(
          (int)
              LibCryptoFunctions.CIPHER_UPDATE.invokeExact(
                  cipher.pointer(), out, written, in, length),
          NAME);
    }
  }

  private static int finish(Owned cipher, Arena arena) throws Throwable {
    return (int)
        LibCryptoFunctions.CIPHER_FINAL.invokeExact(
            cipher.pointer(), arena.allocate(TAG), arena.allocate(JAVA_INT));
  }

  private static int control(Owned cipher, int command, MemorySegment tag) throws Throwable {
    return (int) LibCryptoFunctions.CIPHER_CONTROL.invokeExact(cipher.pointer(), command, TAG, tag);
  }
}
