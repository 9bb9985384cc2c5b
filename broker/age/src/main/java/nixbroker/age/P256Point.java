package nixbroker.age;

import java.math.BigInteger;
import java.util.Arrays;

/** Public points of P-256 in SEC1 form: nothing here is secret, so nothing is constant-time. */
final class P256Point {
  static final int COMPRESSED = 33;
  static final int UNCOMPRESSED = 65;

  private static final BigInteger P =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  private static final BigInteger B =
      new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
  private static final BigInteger ROOT = P.add(BigInteger.ONE).shiftRight(2);

  private P256Point() {}

  /** 33 bytes from 65. */
  static byte[] compress(byte[] uncompressed) {
    byte[] out = Arrays.copyOf(uncompressed, COMPRESSED);
    out[0] = (byte) (2 + (uncompressed[UNCOMPRESSED - 1] & 1));
    return out;
  }

  /**
   * 65 bytes from 33.
   *
   * @throws AgeException.Key for another length or form, or a point that is not on the curve
   */
  static byte[] decompress(byte[] compressed) throws AgeException.Key {
    if (compressed.length != COMPRESSED || (compressed[0] & ~1) != 2) {
      throw new AgeException.Key("not a compressed P-256 point");
    }
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(compressed, 1, COMPRESSED));
    BigInteger y2 = x.pow(3).subtract(x.multiply(BigInteger.valueOf(3))).add(B).mod(P);
    BigInteger y = y2.modPow(ROOT, P);
    if (x.compareTo(P) >= 0 || !y.multiply(y).mod(P).equals(y2)) {
      throw new AgeException.Key("not a point of P-256");
    }
    boolean odd = (compressed[0] & 1) == 1;
    byte[] out = Arrays.copyOf(compressed, UNCOMPRESSED);
    out[0] = 4;
    put(y.testBit(0) == odd ? y : P.subtract(y), out);
    return out;
  }

  private static void put(BigInteger y, byte[] out) {
    byte[] big = y.toByteArray();
    int length = Math.min(32, big.length);
    System.arraycopy(big, big.length - length, out, UNCOMPRESSED - length, length);
  }
}
