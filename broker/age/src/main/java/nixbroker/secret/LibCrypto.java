package nixbroker.secret;

/** OpenSSL's libcrypto by java.lang.foreign: the only class that binds it. */
public final class LibCrypto {
  private LibCrypto() {}

  /**
   * Loads the library once, from this path, or (null) from where the linker finds libcrypto.so.3;
   * throws SecretMemoryException-like LibCryptoException naming what is missing.
   */
  public static void load(java.nio.file.Path pathOrNull) {
    throw new UnsupportedOperationException();
  }
}
