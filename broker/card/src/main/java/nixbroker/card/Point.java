package nixbroker.card;

import com.yubico.yubikit.core.keys.EllipticCurveValues;
import com.yubico.yubikit.core.keys.PublicKeyValues;
import java.math.BigInteger;
import java.util.Arrays;

/** Points of P-256 as SEC1 writes them. */
final class Point {
  private static final int COORDINATE = 32;

  private Point() {}

  /** 33 bytes: 2 or 3, then x. */
  static byte[] compressed(PublicKeyValues.Ec key) {
    byte[] full = key.getEncodedPoint();
    byte[] point = Arrays.copyOf(full, 1 + COORDINATE);
    point[0] = (byte) (2 + (full[full.length - 1] & 1));
    return point;
  }

  /** 65 bytes, 4 first; whether it is on the curve is for the card to say. */
  static PublicKeyValues.Ec parse(byte[] point65) {
    if (point65[0] != 4) {
      throw new CardFailure(CardFailure.Kind.BAD_REQUEST, "not an uncompressed point");
    }
    return new PublicKeyValues.Ec(
        EllipticCurveValues.SECP256R1,
        new BigInteger(1, Arrays.copyOfRange(point65, 1, 1 + COORDINATE)),
        new BigInteger(1, Arrays.copyOfRange(point65, 1 + COORDINATE, 1 + 2 * COORDINATE)));
  }
}
