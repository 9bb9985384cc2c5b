package nixbroker.age;

import java.util.List;
import java.util.Optional;
import nixbroker.secret.SecretPage;

/** AGE-SECRET-KEY-1…, its scalar in a page, every operation in libcrypto. */
public final class X25519Identity implements Identity {
  private X25519Identity() {}

  public static X25519Identity generate() {
    throw new UnsupportedOperationException();
  }

  /**
   * Parses the first identity line of an identity file (comments skipped) without a copy on the
   * heap; the page stays the caller's.
   */
  public static X25519Identity parse(SecretPage identityFile) throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** Class B form: ASCII, the caller wipes it. */
  public static X25519Identity parse(byte[] identityFile) throws AgeException {
    throw new UnsupportedOperationException();
  }

  /** The identity ssh-to-age prints for this 32-byte Ed25519 seed. */
  public static X25519Identity ofSshEd25519Seed(byte[] seed) {
    throw new UnsupportedOperationException();
  }

  public X25519Recipient recipient() {
    throw new UnsupportedOperationException();
  }

  /** "AGE-SECRET-KEY-1…" (74 ASCII characters, no line end) in a page the caller closes. */
  public SecretPage encoded() {
    throw new UnsupportedOperationException();
  }

  /** The same for a class B key: the caller wipes it. */
  public byte[] encodedBytes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
