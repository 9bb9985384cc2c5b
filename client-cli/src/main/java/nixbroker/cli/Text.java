package nixbroker.cli;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Text made fit for the eye. */
final class Text {
  private static final int SHORT_HEAD = 7;
  private static final int SHORT_TAIL = 4;
  private static final int SERIAL_DIGITS = 7;

  private Text() {}

  /**
   * Without characters that steer a terminal or turn the direction of text; tab becomes a space.
   */
  static String safe(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (steers(c)) {
        if (safe == null) {
          safe = new StringBuilder(text);
        }
        safe.setCharAt(i, c == '\t' ? ' ' : '�');
      }
    }
    return safe == null ? text : safe.toString();
  }

  /**
   * JSON in which what steers a terminal is written as a hexadecimal escape; it only occurs within
   * strings.
   */
  static String escaped(String json) {
    StringBuilder escaped = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (steers(c)) {
        escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static boolean steers(char c) {
    return c < ' '
        || (c >= 0x7f && c <= 0x9f)
        || c == 0x061c
        || (c >= 0x200e && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  /** A recipient or fingerprint with its middle left out: age1q9k…x7w2. */
  static String shortened(String id) {
    int head = id.startsWith("SHA256:") ? SHORT_HEAD + 3 : SHORT_HEAD;
    return id.length() <= head + SHORT_TAIL + 1
        ? id
        : id.substring(0, head) + '…' + id.substring(id.length() - SHORT_TAIL);
  }

  /** The first 7 digits of a commit id. */
  static String commit(String id) {
    return id.length() > 7 ? id.substring(0, 7) : id;
  }

  /** A name with its long numbers in groups: YubiKey 15 432 198. */
  static String key(String name) {
    StringBuilder grouped = new StringBuilder();
    int from = 0;
    while (from < name.length()) {
      int to = from;
      while (to < name.length() && Character.isDigit(name.charAt(to)) == digitAt(name, from)) {
        to++;
      }
      String part = name.substring(from, to);
      boolean serial = digitAt(name, from) && part.length() >= SERIAL_DIGITS;
      grouped.append(serial ? grouped(part, ' ') : part);
      from = to;
    }
    return grouped.toString();
  }

  private static boolean digitAt(String text, int index) {
    return Character.isDigit(text.charAt(index));
  }

  /** 1 file, 2 files, 1,204 files. */
  static String count(int number, String noun) {
    String digits = grouped(Integer.toString(number), ',');
    return digits + ' ' + noun + (number == 1 ? "" : "s");
  }

  private static String grouped(String digits, char separator) {
    StringBuilder text = new StringBuilder(digits);
    for (int i = digits.length() - 3; i > 0; i -= 3) {
      text.insert(i, separator);
    }
    return text.toString();
  }

  /** A path with the home folder as '~'. */
  static String path(String path, String home) {
    if (home == null || home.isEmpty() || home.equals("/") || !Path.of(path).startsWith(home)) {
      return path;
    }
    String rest = Path.of(home).relativize(Path.of(path)).toString();
    return rest.isEmpty() ? "~" : "~/" + rest;
  }

  static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  static int widest(List<String> texts) {
    int widest = 0;
    for (String text : texts) {
      widest = Math.max(widest, text.length());
    }
    return widest;
  }
}
