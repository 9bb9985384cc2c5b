package nixbroker.sops;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The 32 bytes one sops file is encrypted with (class B): copied in, wiped on close, never printed.
 * Not safe for use by one thread while another closes it.
 */
public final class DataKey implements AutoCloseable {
  static final int LENGTH = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] bytes;
  private boolean closed;

  private DataKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new key from the system's random source. */
  public static DataKey random() {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    return new DataKey(bytes);
  }

  /** Copies; the caller wipes its array. */
  static DataKey of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("a data key has 32 bytes");
    }
    return new DataKey(bytes.clone());
  }

  /** A copy that the caller wipes. */
  byte[] copy() {
    if (closed) {
      throw new IllegalStateException("the data key is closed");
    }
    return bytes.clone();
  }

  /** AES-256-GCM; returns the ciphertext followed by the 16 bytes of the tag. */
  byte[] seal(byte[] plaintext, byte[] iv, byte[] aad) {
    try {
      return crypt(Cipher.ENCRYPT_MODE, plaintext, iv, aad);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("encryption does not check a tag", e);
    }
  }

  /** The reverse of seal; the caller wipes the result. */
  byte[] open(byte[] sealed, byte[] iv, byte[] aad) throws AEADBadTagException {
    return crypt(Cipher.DECRYPT_MODE, sealed, iv, aad);
  }

  private byte[] crypt(int mode, byte[] in, byte[] iv, byte[] aad) throws AEADBadTagException {
    AlgorithmParameterSpec parameters = new GCMParameterSpec(128, iv);
    byte[] own = copy();
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, new Borrowed(own), parameters);
      cipher.updateAAD(aad);
      return cipher.doFinal(in);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-256-GCM", e);
    } finally {
      Arrays.fill(own, (byte) 0);
    }
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "DataKey";
  }

  /** SecretKeySpec would keep a copy that nobody can wipe. */
  private static final class Borrowed implements SecretKey {
    private static final long serialVersionUID = 1L;
    private final transient byte[] bytes;

    private Borrowed(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
      return "AES";
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      return bytes.clone();
    }
  }
}
