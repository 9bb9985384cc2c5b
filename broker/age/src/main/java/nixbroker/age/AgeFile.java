package nixbroker.age;

import java.util.List;
import nixbroker.secret.SecretPage;

/** Whole age files in memory. */
public final class AgeFile {
  private AgeFile() {}

  public static byte[] encrypt(byte[] plaintext, List<? extends Recipient> to) throws AgeException {
    throw new UnsupportedOperationException();
  }

  public static byte[] encrypt(SecretPage plaintext, List<? extends Recipient> to)
      throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** Binary or armored. The caller wipes the result. */
  public static byte[] decrypt(byte[] file, Identity with) throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** The same into a page (class A). */
  public static SecretPage decryptToPage(byte[] file, Identity with) throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** The stanzas of the header, for looking at recipients. */
  public static List<Stanza> stanzas(byte[] file) throws AgeException {
    throw new UnsupportedOperationException();
  }

  public static byte[] armor(byte[] binary) {
    throw new UnsupportedOperationException();
  }

  public static byte[] dearmor(byte[] armored) throws AgeException {
    throw new UnsupportedOperationException();
  }
}
