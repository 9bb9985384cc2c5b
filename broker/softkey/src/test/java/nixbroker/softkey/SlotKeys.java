package nixbroker.softkey;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.HexFormat;

final class SlotKeys {
  private SlotKeys() {}

  static byte[] compressed(PublicKey key) {
    var w = ((ECPublicKey) key).getW();
    BigInteger x = w.getAffineX();
    return HexFormat.of()
        .parseHex((w.getAffineY().testBit(0) ? "03" : "02") + "%064x".formatted(x));
  }
}
