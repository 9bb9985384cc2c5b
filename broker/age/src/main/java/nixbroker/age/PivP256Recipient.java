package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import nixbroker.secret.LibCrypto;

/** A P-256 key in a PIV slot: {@code age1yubikey1…} as age-plugin-yubikey writes it. */
public final class PivP256Recipient implements Recipient {
  static final String PREFIX = "age1yubikey";
  static final String TYPE = "piv-p256";
  static final int TAG = 4;

  private static final MemorySegment INFO = FileKey.ascii(TYPE);

  private final byte[] point;
  private final String text;

  private PivP256Recipient(byte[] point) {
    this.point = point;
    this.text = Bech32.encode(PREFIX, point);
  }

  public static PivP256Recipient parse(String text) throws AgeException {
    return ofPoint(Bech32.decode(PREFIX, text));
  }

  /**
   * @param compressed33 SEC1, compressed
   * @throws AgeException.Key when it is not a point of the curve
   */
  public static PivP256Recipient ofPoint(byte[] compressed33) throws AgeException {
    P256Point.decompress(compressed33);
    return new PivP256Recipient(compressed33.clone());
  }

  public String text() {
    return text;
  }

  /** 33 bytes, compressed SEC1. */
  public byte[] point() {
    return point.clone();
  }

  /** SHA-256(point)[:4]. */
  public byte[] tag() {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(point), TAG);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }

  @Override
  public Stanza wrap(FileKey key) throws AgeException {
    byte[] share = new byte[P256Point.COMPRESSED];
    byte[] body = key.wrap((shared, wrapKey) -> encapsulate(share, shared, wrapKey));
    return new Stanza(List.of(TYPE, B64.encode(tag()), B64.encode(share)), body);
  }

  private void encapsulate(byte[] share, MemorySegment shared, MemorySegment wrapKey)
      throws AgeException.Key {
    byte[] share65 = new byte[P256Point.UNCOMPRESSED];
    MemorySegment to = MemorySegment.ofArray(point);
    if (!LibCrypto.p256Encapsulate(to, MemorySegment.ofArray(share65), shared)) {
      throw new AgeException.Key("nothing can be encrypted to " + text);
    }
    System.arraycopy(P256Point.compress(share65), 0, share, 0, share.length);
    wrapKey(shared, share, wrapKey);
  }

  void wrapKey(MemorySegment shared, byte[] share33, MemorySegment out) {
    byte[] salt = Arrays.copyOf(share33, share33.length + point.length);
    System.arraycopy(point, 0, salt, share33.length, point.length);
    LibCrypto.hkdfSha256(shared, MemorySegment.ofArray(salt), INFO, out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PivP256Recipient that && Arrays.equals(point, that.point);
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
