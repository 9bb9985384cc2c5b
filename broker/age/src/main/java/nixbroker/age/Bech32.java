package nixbroker.age;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Bech32 without a length limit (formats of age keys), on segments, so that a secret never leaves
 * its page.
 */
final class Bech32 {
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;

  private Bech32() {}

  /** Length of the text for so many bytes. */
  static int textLength(String prefix, long bytes) {
    return Math.toIntExact(prefix.length() + 1 + (bytes * 8 + 4) / 5 + CHECKSUM);
  }

  /** Text in the case of the prefix. */
  static String encode(String prefix, byte[] data) {
    byte[] text = new byte[textLength(prefix, data.length)];
    encode(prefix, MemorySegment.ofArray(data), MemorySegment.ofArray(text));
    return new String(text, StandardCharsets.US_ASCII);
  }

  /** ASCII text of exactly textLength bytes, in the case of the prefix. */
  static void encode(String prefix, MemorySegment data, MemorySegment text) {
    boolean upper = Character.isUpperCase(prefix.charAt(0));
    int at = 0;
    for (char c : (prefix + "1").toCharArray()) {
      text.set(JAVA_BYTE, at++, (byte) c);
    }
    int check = checksumOfPrefix(prefix);
    int bits = 0;
    int held = 0;
    for (long i = 0; i < data.byteSize(); i++) {
      held = (held << 8 | data.get(JAVA_BYTE, i) & 0xff) & 0xfff;
      for (bits += 8; bits >= 5; bits -= 5) {
        check = put(text, at++, held >> bits - 5 & 31, check, upper);
      }
    }
    if (bits > 0) {
      check = put(text, at++, held << 5 - bits & 31, check, upper);
    }
    for (int i = 0; i < CHECKSUM; i++) {
      check = step(check);
    }
    check ^= 1;
    for (int i = CHECKSUM - 1; i >= 0; i--) {
      put(text, at++, check >> 5 * i & 31, 0, upper);
    }
  }

  /** The bytes of a public text with this prefix. */
  static byte[] decode(String prefix, String text) throws AgeException.Key {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    byte[] data = new byte[dataLength(prefix, ascii.length)];
    decode(prefix, MemorySegment.ofArray(ascii), MemorySegment.ofArray(data));
    return data;
  }

  /** How many bytes a text of this length holds. */
  static int dataLength(String prefix, long textLength) throws AgeException.Key {
    long symbols = textLength - prefix.length() - 1 - CHECKSUM;
    if (symbols < 0 || symbols * 5 % 8 >= 5) {
      throw bad(prefix, "has a wrong length");
    }
    return Math.toIntExact(symbols * 5 / 8);
  }

  /** Decodes into data of exactly dataLength bytes. */
  static void decode(String prefix, MemorySegment text, MemorySegment data)
      throws AgeException.Key {
    if (data.byteSize() != dataLength(prefix, text.byteSize())) {
      throw bad(prefix, "has a wrong length");
    }
    requirePrefix(prefix, text);
    boolean upper = Character.isUpperCase(prefix.charAt(0));
    int check = checksumOfPrefix(prefix);
    long last = text.byteSize() - CHECKSUM;
    int bits = 0;
    int held = 0;
    int at = 0;
    for (long i = prefix.length() + 1; i < text.byteSize(); i++) {
      int symbol = symbol(prefix, text.get(JAVA_BYTE, i), upper);
      check = step(check) ^ symbol;
      if (i < last) {
        held = (held << 5 | symbol) & 0xfff;
        bits += 5;
        if (bits >= 8) {
          bits -= 8;
          data.set(JAVA_BYTE, at++, (byte) (held >> bits));
        }
      }
    }
    if (check != 1) {
      throw bad(prefix, "has a wrong checksum");
    }
    if ((held & (1 << bits) - 1) != 0) {
      throw bad(prefix, "has bits left over");
    }
  }

  private static void requirePrefix(String prefix, MemorySegment text) throws AgeException.Key {
    String whole = prefix + "1";
    for (int i = 0; i < whole.length(); i++) {
      if (text.get(JAVA_BYTE, i) != whole.charAt(i)) {
        throw bad(prefix, "does not start with " + whole);
      }
    }
  }

  /** The value of a character, without a table lookup that a secret would choose. */
  private static int symbol(String prefix, byte character, boolean upper) throws AgeException.Key {
    int found = -1;
    for (int i = 0; i < ALPHABET.length(); i++) {
      char c = ALPHABET.charAt(i);
      if (character == (upper ? Character.toUpperCase(c) : c)) {
        found = i;
      }
    }
    if (found < 0) {
      throw bad(prefix, "has a character that Bech32 does not know, or mixes cases");
    }
    return found;
  }

  private static int put(MemorySegment text, int at, int symbol, int check, boolean upper) {
    char c = ALPHABET.charAt(symbol);
    text.set(JAVA_BYTE, at, (byte) (upper ? Character.toUpperCase(c) : c));
    return step(check) ^ symbol;
  }

  private static int step(int check) {
    int top = check >>> 25;
    int next = (check & 0x1ffffff) << 5;
    for (int i = 0; i < GENERATOR.length; i++) {
      next ^= -(top >> i & 1) & GENERATOR[i];
    }
    return next;
  }

  private static int checksumOfPrefix(String prefix) {
    int check = 1;
    for (char c : prefix.toCharArray()) {
      check = step(check) ^ Character.toLowerCase(c) >> 5;
    }
    check = step(check);
    for (char c : prefix.toCharArray()) {
      check = step(check) ^ Character.toLowerCase(c) & 31;
    }
    return check;
  }

  private static AgeException.Key bad(String prefix, String what) {
    return new AgeException.Key("a text for " + prefix + "1… " + what);
  }
}
