package nixbroker.softkey;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** BER-TLV with tags of one or two bytes, as far as PIV uses it. */
final class Tlv {
  private Tlv() {}

  static byte[] of(int tag, byte[]... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] value = join(values);
    if (tag > 0xff) {
      out.write(tag >> 8);
    }
    out.write(tag);
    if (value.length > 0xff) {
      out.write(0x82);
      out.write(value.length >> 8);
    } else if (value.length > 0x7f) {
      out.write(0x81);
    }
    out.write(value.length);
    out.writeBytes(value);
    return out.toByteArray();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** The elements by tag, in order. */
  static Map<Integer, byte[]> parse(byte[] bytes) {
    Map<Integer, byte[]> elements = new LinkedHashMap<>();
    int at = 0;
    while (at < bytes.length) {
      int tag = at(bytes, at++);
      int length = at(bytes, at++);
      if (length > 0x80) {
        int width = length - 0x80;
        length = 0;
        for (int i = 0; i < width; i++) {
          length = length << 8 | at(bytes, at++);
        }
      }
      if (length < 0 || length > bytes.length - at) {
        throw StatusWord.WRONG_DATA.exception();
      }
      elements.put(tag, Arrays.copyOfRange(bytes, at, at + length));
      at += length;
    }
    return elements;
  }

  /** The content of the one element, which must have this tag. */
  static byte[] unwrap(int tag, byte[] bytes) {
    byte[] content = parse(bytes).get(tag);
    if (content == null) {
      throw StatusWord.WRONG_DATA.exception();
    }
    return content;
  }

  private static int at(byte[] bytes, int index) {
    if (index >= bytes.length) {
      throw StatusWord.WRONG_DATA.exception();
    }
    return bytes[index] & 0xff;
  }
}
