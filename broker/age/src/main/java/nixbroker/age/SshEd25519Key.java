package nixbroker.age;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * An Ed25519 SSH key pair (class B): the 32-byte seed, wiped on close, and its 32-byte public key.
 * Reads and writes unencrypted {@code openssh-key-v1} private key files and public key lines.
 */
public final class SshEd25519Key implements AutoCloseable {
  private final byte[] seed;
  private final byte[] publicKey;
  private boolean closed;

  /** Takes both arrays over. */
  SshEd25519Key(byte[] seed, byte[] publicKey) {
    this.seed = seed;
    this.publicKey = publicKey;
  }

  /** A new key pair from the system's random numbers. */
  public static SshEd25519Key generate() {
    try {
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] spki = pair.getPublic().getEncoded();
      return new SshEd25519Key(seed, Arrays.copyOfRange(spki, spki.length - 32, spki.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is missing from this JDK", e);
    }
  }

  /**
   * Reads an unencrypted OpenSSH private key file (PEM, ASCII); the array stays the caller's.
   *
   * @throws AgeException.Key for another kind of key, an encrypted one, or one that contradicts
   *     itself
   */
  public static SshEd25519Key parse(byte[] privateKeyFile) throws AgeException {
    return OpenSshKeyFile.read(privateKeyFile);
  }

  /** The 32-byte public key. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The recipient that ssh-to-age prints for the public key. */
  public X25519Recipient recipient() throws AgeException {
    return X25519Recipient.ofSshEd25519(publicKey);
  }

  /** The identity that ssh-to-age prints for the private key; the caller closes it. */
  public X25519Identity identity() {
    requireOpen();
    return X25519Identity.ofSshEd25519Seed(seed);
  }

  /** {@code ssh-ed25519 BASE64 comment}, no line end. */
  public String publicKeyLine(String comment) {
    return "ssh-ed25519 "
        + Base64.getEncoder().encodeToString(OpenSshKeyFile.publicBlob(publicKey))
        + " "
        + comment;
  }

  /** {@code SHA256:} and unpadded Base64, as ssh-keygen -l prints it. */
  public String fingerprint() {
    return fingerprint(publicKey);
  }

  /** The fingerprint of a 32-byte Ed25519 public key. */
  public static String fingerprint(byte[] publicKey) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(OpenSshKeyFile.publicBlob(publicKey));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }

  /**
   * The private key for {@link java.security.Signature} and SSH servers; the library it goes to
   * keeps copies.
   */
  public EdECPrivateKey toJca() {
    requireOpen();
    try {
      return (EdECPrivateKey)
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed.clone()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is missing from this JDK", e);
    }
  }

  /** The unencrypted private key file (PEM, ASCII, one line end after it); the caller wipes it. */
  public byte[] privateKeyFile(String comment) {
    requireOpen();
    return OpenSshKeyFile.write(seed, publicKey, comment);
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(seed, (byte) 0);
  }

  @Override
  public String toString() {
    return "SshEd25519Key[" + fingerprint() + "]";
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this SSH key was wiped");
    }
  }
}
