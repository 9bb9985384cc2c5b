package nixbroker.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static nixbroker.secret.LibCryptoLibrary.require;
import static nixbroker.secret.LibCryptoLibrary.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Diffie-Hellman through EVP_PKEY; a key lives for one call only. */
final class KeyAgreement {
  private static final int X25519 = 1034;
  private static final int KEY_PAIR = 0x87;
  private static final MemorySegment NULL = MemorySegment.NULL;

  private KeyAgreement() {}

  static void x25519Public(MemorySegment scalar, MemorySegment point) {
    run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned key = privateX25519(scalar)) {
            return encodePublic(key, point, arena);
          }
        });
  }

  static boolean x25519(
      MemorySegment scalar, MemorySegment own, MemorySegment point, MemorySegment shared) {
    return run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned key = pairX25519(scalar, own, arena)) {
            return agree(key, point, shared, arena);
          }
        });
  }

  static boolean encapsulate(
      String type, String group, MemorySegment point, MemorySegment share, MemorySegment shared) {
    return run(
        () -> {
          try (Arena arena = Arena.ofConfined();
              Owned key = generate(type, group, arena)) {
            encodePublic(key, share, arena);
            return agree(key, point, shared, arena);
          }
        });
  }

  private static Owned privateX25519(MemorySegment scalar) throws Throwable {
    return Owned.of(
        (MemorySegment)
            LibCryptoFunctions.PKEY_PRIVATE.invokeExact(X25519, NULL, scalar, scalar.byteSize()),
        LibCryptoFunctions.PKEY_FREE,
        "an X25519 key");
  }

  /** Given its public half, libcrypto does not compute it again. */
  private static Owned pairX25519(MemorySegment scalar, MemorySegment point, Arena arena)
      throws Throwable {
    MemorySegment type = arena.allocateFrom("X25519");
    MemorySegment pub = arena.allocate(point.byteSize()).copyFrom(point);
    MemorySegment pair = new Parameters(arena, 2).octets("pub", pub).octets("priv", scalar).array();
    MemorySegment key = arena.allocate(ADDRESS);
    try (Owned maker =
        Owned.of(
            (MemorySegment) LibCryptoFunctions.PKEY_OF_TYPE.invokeExact(NULL, type, NULL),
            LibCryptoFunctions.CONTEXT_FREE,
            "X25519")) {
      require((int) LibCryptoFunctions.PKEY_DATA_INIT.invokeExact(maker.pointer()), "X25519");
      require(
          (int) LibCryptoFunctions.PKEY_DATA.invokeExact(maker.pointer(), key, KEY_PAIR, pair),
          "an X25519 key");
    }
    return Owned.of(key.get(ADDRESS, 0), LibCryptoFunctions.PKEY_FREE, "an X25519 key");
  }

  private static Owned generate(String type, String group, Arena arena) throws Throwable {
    return Owned.of(
        (MemorySegment)
            LibCryptoFunctions.PKEY_KEYGEN.invokeExact(
                NULL, NULL, arena.allocateFrom(type), arena.allocateFrom(group)),
        LibCryptoFunctions.PKEY_FREE,
        "a new key of type " + type);
  }

  private static int encodePublic(Owned key, MemorySegment point, Arena arena) throws Throwable {
    MemorySegment out = arena.allocate(point.byteSize());
    MemorySegment length = arena.allocate(JAVA_LONG);
    MemorySegment name = arena.allocateFrom("encoded-pub-key");
    int status =
        (int)
            LibCryptoFunctions.PKEY_GET_PUBLIC.invokeExact(
                key.pointer(), name, out, out.byteSize(), length);
    require(length.get(JAVA_LONG, 0) == point.byteSize() ? status : 0, "a public key");
    point.copyFrom(out);
    return status;
  }

  /** False when the peer's point is not one, or the result would be all zero. */
  private static boolean agree(Owned key, MemorySegment point, MemorySegment shared, Arena arena)
      throws Throwable {
    try (Owned peer =
            Owned.of(
                (MemorySegment) LibCryptoFunctions.PKEY_NEW.invokeExact(),
                LibCryptoFunctions.PKEY_FREE,
                "a key");
        Owned context =
            Owned.of(
                (MemorySegment) LibCryptoFunctions.DERIVE_NEW.invokeExact(key.pointer(), NULL),
                LibCryptoFunctions.CONTEXT_FREE,
                "an agreement")) {
      MemorySegment encoded = arena.allocate(point.byteSize()).copyFrom(point);
      MemorySegment length = arena.allocateFrom(JAVA_LONG, shared.byteSize());
      require(
          (int) LibCryptoFunctions.PKEY_COPY_PARAMETERS.invokeExact(peer.pointer(), key.pointer()),
          "a peer's key");
      require((int) LibCryptoFunctions.DERIVE_INIT.invokeExact(context.pointer()), "an agreement");
      boolean agreed =
          (int)
                      LibCryptoFunctions.PKEY_SET_PUBLIC.invokeExact(
                          peer.pointer(), encoded, encoded.byteSize())
                  == 1
              && (int) LibCryptoFunctions.DERIVE_PEER.invokeExact(context.pointer(), peer.pointer())
                  == 1
              && (int) LibCryptoFunctions.DERIVE.invokeExact(context.pointer(), shared, length) == 1
              && !isZero(shared);
      LibCryptoFunctions.ERR_CLEAR.invokeExact();
      return agreed;
    }
  }

  private static boolean isZero(MemorySegment shared) {
    byte any = 0;
    for (long i = 0; i < shared.byteSize(); i++) {
      any |= shared.get(JAVA_BYTE, i);
    }
    return any == 0;
  }
}
