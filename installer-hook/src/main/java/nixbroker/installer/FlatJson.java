package nixbroker.installer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads one JSON object of strings and whole numbers out of bytes into bytes, so that no String
 * ever holds a value. Anything else of JSON is refused.
 */
final class FlatJson {
  private final byte[] text;
  private int at;

  private FlatJson(byte[] text) {
    this.text = text;
  }

  /**
   * Member names to values: a string's unescaped UTF-8 bytes, a number's digits. The caller wipes
   * them.
   *
   * @throws IllegalArgumentException naming the position, never the text
   */
  static Map<String, byte[]> parse(byte[] text) {
    FlatJson json = new FlatJson(text);
    Map<String, byte[]> members = new LinkedHashMap<>();
    try {
      json.object(members);
      return members;
    } catch (IllegalArgumentException e) {
      members.values().forEach(v -> Arrays.fill(v, (byte) 0));
      throw e;
    }
  }

  private void object(Map<String, byte[]> members) {
    expect('{');
    boolean more = peek() != '}';
    while (more) {
      String name = new String(string(), StandardCharsets.UTF_8);
      expect(':');
      byte[] value = peek() == '"' ? string() : number();
      if (members.putIfAbsent(name, value) != null) {
        Arrays.fill(value, (byte) 0);
        throw wrong();
      }
      more = peek() == ',';
      if (more) {
        expect(',');
      }
    }
    expect('}');
    skipSpace();
    if (at != text.length) {
      throw wrong();
    }
  }

  private byte[] number() {
    int start = at;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    if (at == start || at - start > 9) {
      throw wrong();
    }
    return Arrays.copyOfRange(text, start, at);
  }

  private byte[] string() {
    expect('"');
    byte[] out = new byte[text.length - at];
    int n = 0;
    try {
      while (true) {
        byte b = next();
        if (b == '"') {
          return Arrays.copyOf(out, n);
        }
        if (b >= 0 && b < 0x20) {
          throw wrong();
        }
        out[n++] = b == '\\' ? escaped() : b;
      }
    } finally {
      Arrays.fill(out, (byte) 0);
    }
  }

  private byte escaped() {
    return switch (next()) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '"' -> '"';
      case '\\' -> '\\';
      case '/' -> '/';
      case 'u' -> ascii();
      default -> throw wrong();
    };
  }

  private byte ascii() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw wrong();
      }
      value = value * 16 + digit;
    }
    if (value > 0x7f) {
      throw wrong();
    }
    return (byte) value;
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong();
    }
    at++;
  }

  private byte peek() {
    skipSpace();
    if (at >= text.length) {
      throw wrong();
    }
    return text[at];
  }

  private byte next() {
    if (at >= text.length) {
      throw wrong();
    }
    return text[at++];
  }

  private void skipSpace() {
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
      at++;
    }
  }

  private IllegalArgumentException wrong() {
    return new IllegalArgumentException("unexpected text at byte " + at);
  }
}
