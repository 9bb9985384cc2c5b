package nixbroker.daemon.hardware;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import nixbroker.age.PivP256Recipient;

/**
 * AGE-PLUGIN-YUBIKEY-1…: where age-plugin-yubikey finds a key again. Bech32 of serial (4 bytes,
 * little-endian), slot (1), tag (4); formats.md 1.12.
 */
final class PluginIdentity {
  private static final String PREFIX = "age-plugin-yubikey-";
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;
  private static final int BYTES = 9;

  private PluginIdentity() {}

  static String of(HardwareKey key, PivP256Recipient recipient) {
    return of(key.serial(), key.slot(), recipient.tag());
  }

  static String of(long serial, int slot, byte[] tag) {
    byte[] bytes =
        ByteBuffer.allocate(BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) serial)
            .put((byte) slot)
            .put(tag)
            .array();
    return bech32(fives(bytes)).toUpperCase(Locale.ROOT);
  }

  /** The bits in groups of five, the last filled up with zeros. */
  private static int[] fives(byte[] bytes) {
    int[] fives = new int[(bytes.length * 8 + 4) / 5];
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      int value = bytes[bit / 8] >> (7 - bit % 8) & 1;
      fives[bit / 5] |= value << (4 - bit % 5);
    }
    return fives;
  }

  private static String bech32(int[] fives) {
    int check = 1;
    for (char c : PREFIX.toCharArray()) {
      check = step(check, c >> 5);
    }
    check = step(check, 0);
    for (char c : PREFIX.toCharArray()) {
      check = step(check, c & 31);
    }
    StringBuilder text = new StringBuilder(PREFIX).append('1');
    for (int five : fives) {
      check = step(check, five);
      text.append(ALPHABET.charAt(five));
    }
    for (int i = 0; i < CHECKSUM; i++) {
      check = step(check, 0);
    }
    check ^= 1;
    for (int i = CHECKSUM - 1; i >= 0; i--) {
      text.append(ALPHABET.charAt(check >> (5 * i) & 31));
    }
    return text.toString();
  }

  private static int step(int check, int five) {
    int top = check >>> 25;
    int next = (check & 0x1ffffff) << 5 ^ five;
    for (int i = 0; i < GENERATOR.length; i++) {
      next ^= (top >> i & 1) == 1 ? GENERATOR[i] : 0;
    }
    return next;
  }
}
