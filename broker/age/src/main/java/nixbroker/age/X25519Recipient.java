package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import nixbroker.secret.LibCrypto;

/** {@code age1…}: a 32-byte X25519 point. */
public final class X25519Recipient implements Recipient {
  static final String TYPE = "X25519";
  static final int KEY = 32;

  private static final String PREFIX = "age";
  private static final MemorySegment INFO = FileKey.ascii("age-encryption.org/v1/X25519");

  private final byte[] point;
  private final String text;

  private X25519Recipient(byte[] point) {
    this.point = point;
    this.text = Bech32.encode(PREFIX, point);
  }

  /** Parses the 62 characters {@code age1…}, lower case. */
  public static X25519Recipient parse(String text) throws AgeException {
    byte[] point = Bech32.decode(PREFIX, text);
    if (point.length != KEY) {
      throw new AgeException.Key("a recipient age1… has a wrong length");
    }
    return new X25519Recipient(point);
  }

  /** From the 32-byte point. */
  static X25519Recipient ofPoint(byte[] point) {
    return new X25519Recipient(point.clone());
  }

  /**
   * The recipient ssh-to-age prints for this 32-byte Ed25519 public key.
   *
   * @throws AgeException.Key when it is not a point of the curve
   */
  public static X25519Recipient ofSshEd25519(byte[] ed25519Public) throws AgeException {
    return new X25519Recipient(Ed25519Point.toMontgomery(ed25519Public));
  }

  public String text() {
    return text;
  }

  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    byte[] share = new byte[KEY];
    byte[] body = key.wrap((shared, wrapKey) -> encapsulate(share, shared, wrapKey));
    return new Stanza(List.of(TYPE, B64.encode(share)), body);
  }

  private void encapsulate(byte[] share, MemorySegment shared, MemorySegment wrapKey)
      throws AgeException.Key {
    if (!LibCrypto.x25519Encapsulate(segment(), MemorySegment.ofArray(share), shared)) {
      throw new AgeException.Key("the recipient " + text + " has low order");
    }
    wrapKey(shared, share, wrapKey);
  }

  /** The point, not to be written to. */
  MemorySegment segment() {
    return MemorySegment.ofArray(point);
  }

  void wrapKey(MemorySegment shared, byte[] share, MemorySegment out) {
    byte[] salt = Arrays.copyOf(share, 2 * KEY);
    System.arraycopy(point, 0, salt, KEY, KEY);
    LibCrypto.hkdfSha256(shared, MemorySegment.ofArray(salt), INFO, out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X25519Recipient that && Arrays.equals(point, that.point);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(point);
  }

  @Override
  public String toString() {
    return text;
  }
}
