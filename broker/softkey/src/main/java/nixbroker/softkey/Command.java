package nixbroker.softkey;

import java.util.Arrays;

/** A command APDU (ISO 7816-4), short or extended; le: bytes of answer wanted at most. */
record Command(int cla, int ins, int p1, int p2, byte[] data, int le) {
  private static final int HEADER = 4;

  /**
   * Parses one APDU.
   *
   * @throws StatusWord.Answered 6700 when its length fields make no sense
   */
  static Command parse(byte[] apdu) {
    if (apdu.length < HEADER) {
      throw StatusWord.WRONG_LENGTH.exception();
    }
    boolean extended = apdu.length > HEADER + 2 && apdu[HEADER] == 0;
    int width = extended ? 2 : 1;
    int at = HEADER + (extended ? 1 : 0);
    byte[] data = {};
    int rest = apdu.length - at;
    if (rest > width) {
      int length = number(apdu, at, width);
      at += width;
      if (at + length > apdu.length) {
        throw StatusWord.WRONG_LENGTH.exception();
      }
      data = Arrays.copyOfRange(apdu, at, at + length);
      at += length;
    }
    int le = at + width <= apdu.length ? number(apdu, at, width) : 0;
    return new Command(
        apdu[0] & 0xff,
        apdu[1] & 0xff,
        apdu[2] & 0xff,
        apdu[3] & 0xff,
        data,
        le == 0 ? (extended ? 0x10000 : 0x100) : le);
  }

  private static int number(byte[] bytes, int at, int width) {
    int first = bytes[at] & 0xff;
    return width == 1 ? first : first << 8 | bytes[at + 1] & 0xff;
  }

  @Override
  public String toString() {
    return "%02x %02x %02x %02x".formatted(cla, ins, p1, p2);
  }
}
