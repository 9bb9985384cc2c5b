package nixbroker.age;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code AGE-PLUGIN-YUBIKEY-1…}: where a piv-p256 key is found; nothing in it is secret.
 *
 * @param serial of the YubiKey, an unsigned 32-bit number
 * @param slot PIV slot id, 0x82…0x95
 * @param tag the recipient's tag, 4 bytes big-endian
 */
public record PivP256Stub(long serial, int slot, int tag) {
  private static final String PREFIX = "AGE-PLUGIN-YUBIKEY-";
  private static final int LENGTH = 9;

  public PivP256Stub {
    if (serial < 0 || serial > 0xffff_ffffL || slot < 0x82 || slot > 0x95) {
      throw new IllegalArgumentException("no such serial number or retired slot");
    }
  }

  public static PivP256Stub of(long serial, int slot, PivP256Recipient recipient) {
    return new PivP256Stub(serial, slot, ByteBuffer.wrap(recipient.tag()).getInt());
  }

  /**
   * @throws AgeException.Key for anything but such a text with one of the 20 retired slots
   */
  public static PivP256Stub parse(String text) throws AgeException {
    byte[] data = Bech32.decode(PREFIX, text);
    if (data.length < LENGTH) {
      throw new AgeException.Key("an identity AGE-PLUGIN-YUBIKEY-1… has a wrong length");
    }
    ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    long serial = Integer.toUnsignedLong(in.getInt());
    int slot = in.get() & 0xff;
    if (slot < 0x82 || slot > 0x95) {
      throw new AgeException.Key("an identity AGE-PLUGIN-YUBIKEY-1… names no retired slot");
    }
    return new PivP256Stub(serial, slot, in.order(ByteOrder.BIG_ENDIAN).getInt());
  }

  public boolean isFor(PivP256Recipient recipient) {
    return ByteBuffer.wrap(recipient.tag()).getInt() == tag;
  }

  public String text() {
    ByteBuffer data = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt((int) serial).put((byte) slot).order(ByteOrder.BIG_ENDIAN).putInt(tag);
    return Bech32.encode(PREFIX, data.array());
  }
}
