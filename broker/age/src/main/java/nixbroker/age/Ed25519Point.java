package nixbroker.age;

import java.math.BigInteger;
import java.util.Arrays;

/** Public arithmetic on Ed25519 keys: nothing here is secret, so nothing is constant-time. */
final class Ed25519Point {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger P = ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger SQUARE_TEST = P.subtract(ONE).shiftRight(1);

  private Ed25519Point() {}

  /**
   * The u-coordinate (32 bytes, little-endian) of the Montgomery form: (1 + y) / (1 - y).
   *
   * @param key 32 bytes, RFC 8032
   */
  static byte[] toMontgomery(byte[] key) throws AgeException.Key {
    if (key.length != 32) {
      throw new AgeException.Key("an Ed25519 key has 32 bytes, not " + key.length);
    }
    byte[] magnitude = reversed(key);
    boolean oddX = magnitude[0] < 0;
    magnitude[0] &= 0x7f;
    BigInteger y = new BigInteger(1, magnitude).mod(P);
    requireOnCurve(y, oddX);
    // y = 1 is the neutral element; 1 / 0 counts as 0
    BigInteger u = ONE.add(y).multiply(ONE.subtract(y).modPow(P.subtract(BigInteger.TWO), P));
    return littleEndian(u.mod(P));
  }

  /** x² = (y² - 1) / (d y² + 1) must be a square, and zero has no sign. */
  private static void requireOnCurve(BigInteger y, boolean oddX) throws AgeException.Key {
    BigInteger square = y.multiply(y).mod(P);
    BigInteger numerator = square.subtract(ONE).mod(P);
    BigInteger x2 = numerator.multiply(D.multiply(square).add(ONE).modInverse(P)).mod(P);
    boolean isSquare = x2.signum() == 0 ? !oddX : x2.modPow(SQUARE_TEST, P).equals(ONE);
    if (!isSquare) {
      throw new AgeException.Key("an Ed25519 key is not a point of the curve");
    }
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] big = number.toByteArray();
    byte[] out = new byte[32];
    for (int i = 0; i < 32 && i < big.length; i++) {
      out[i] = big[big.length - 1 - i];
    }
    return out;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = Arrays.copyOf(bytes, bytes.length);
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
