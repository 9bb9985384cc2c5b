package nixbroker.secret;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** An object of libcrypto, freed on close; libcrypto wipes the keys in it. */
record Owned(MemorySegment pointer, MethodHandle free) implements AutoCloseable {
  static Owned of(MemorySegment pointer, MethodHandle free, String what) {
    LibCryptoLibrary.require(pointer.address() == 0 ? 0 : 1, what);
    return new Owned(pointer, free);
  }

  @Override
  public void close() {
    LibCryptoLibrary.run(
        () -> {
          free.invokeExact(pointer);
          return null;
        });
  }
}
