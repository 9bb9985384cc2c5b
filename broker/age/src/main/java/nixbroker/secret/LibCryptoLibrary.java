package nixbroker.secret;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/** Finds libcrypto, binds its functions and guards the calls of them. */
@SuppressWarnings("restricted")
final class LibCryptoLibrary {
  private static final String NAME = "libcrypto.so.3";
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option BRIEF = Linker.Option.critical(true);

  private static volatile SymbolLookup library;

  private LibCryptoLibrary() {}

  /** Calls once the library is there. */
  static <T> T run(NativeCall<T> call) {
    if (library == null) {
      load(Optional.empty());
    }
    return NativeCall.of(call);
  }

  /** The status of a call that fails only when libcrypto itself does. */
  static int require(int status, String what) {
    if (status != 1) {
      throw new LibCryptoException("libcrypto refuses " + what);
    }
    return status;
  }

  /** An algorithm that is never freed. */
  static MemorySegment fetch(MethodHandle function, String name) {
    return run(
        () -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment found =
                (MemorySegment)
                    function.invokeExact(
                        MemorySegment.NULL, arena.allocateFrom(name), MemorySegment.NULL);
            require(found.address() == 0 ? 0 : 1, name);
            return found;
          }
        });
  }

  static synchronized void load(Optional<Path> path) {
    if (library != null) {
      return;
    }
    SymbolLookup found = open(path);
    if (found.find("EVP_PKEY_Q_keygen").isEmpty()) {
      throw missing(path.map(Path::toString).orElse(NAME) + " is not OpenSSL 3");
    }
    library = found;
  }

  private static SymbolLookup open(Optional<Path> path) {
    try {
      return path.isPresent()
          ? SymbolLookup.libraryLookup(path.get(), Arena.global())
          : SymbolLookup.libraryLookup(NAME, Arena.global());
    } catch (IllegalArgumentException e) {
      throw missing(path.map(Path::toString).orElse(NAME) + " cannot be loaded");
    }
  }

  private static LibCryptoException missing(String what) {
    return new LibCryptoException(
        what
            + "; on Debian: apt-get install libssl3; on NixOS: the package openssl, and set"
            + " libcrypto to its lib/libcrypto.so.3");
  }

  private static MemorySegment symbol(String name) {
    return library.findOrThrow(name);
  }

  static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments));
  }

  /** For a function that takes heap segments too and returns at once. */
  static MethodHandle brief(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.of(result, arguments), BRIEF);
  }

  static MethodHandle bindVoid(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbol(name), FunctionDescriptor.ofVoid(arguments));
  }

  static MethodHandle variadic(
      int fixed, String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbol(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(fixed));
  }
}
