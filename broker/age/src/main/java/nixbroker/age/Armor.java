package nixbroker.age;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** The text form of an age file, read as strictly as the reference reads it. */
final class Armor {
  private static final byte[] BEGIN = ascii("-----BEGIN AGE ENCRYPTED FILE-----");
  private static final byte[] END = ascii("-----END AGE ENCRYPTED FILE-----");
  private static final int LINE = 64;
  private static final int LINE_BYTES = 48;
  private static final int WHITE_SPACE = 1024;

  private final byte[] text;
  private int at;

  private Armor(byte[] text) {
    this.text = text;
  }

  static byte[] encode(byte[] binary) {
    byte[] lineEnd = {'\n'};
    ByteArrayOutputStream out = new ByteArrayOutputStream(binary.length * 3 / 2 + 80);
    out.writeBytes(BEGIN);
    out.write('\n');
    byte[] body = Base64.getMimeEncoder(LINE, lineEnd).encode(binary);
    out.writeBytes(body);
    if (body.length > 0) {
      out.write('\n');
    }
    out.writeBytes(END);
    out.write('\n');
    return out.toByteArray();
  }

  /** True when the first line that is not blank starts a PEM-like block. */
  static boolean isArmored(byte[] file) {
    int start = 0;
    while (start < file.length && start < WHITE_SPACE && isBlank(file[start])) {
      start++;
    }
    byte[] dashes = ascii("-----BEGIN");
    return file.length - start >= dashes.length
        && Arrays.equals(file, start, start + dashes.length, dashes, 0, dashes.length);
  }

  static byte[] decode(byte[] text) throws AgeException.Armor {
    return new Armor(text).decode();
  }

  private byte[] decode() throws AgeException.Armor {
    skipBlankLines();
    if (!Arrays.equals(line(), BEGIN)) {
      throw bad("the first line is not its BEGIN line");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length * 3 / 4);
    byte[] line = line();
    boolean full = true;
    for (; !Arrays.equals(line, END); line = line()) {
      if (!full || line.length == 0 || line.length > LINE) {
        throw bad("a line has a wrong length");
      }
      byte[] data = B64.decodePadded(line).orElseThrow(() -> bad("a line is not Base64"));
      full = data.length == LINE_BYTES;
      out.writeBytes(data);
    }
    requireOnlyWhiteSpace();
    return out.toByteArray();
  }

  private void skipBlankLines() throws AgeException.Armor {
    int start = at;
    byte[] line;
    do {
      start = at;
      line = line();
      if (at > WHITE_SPACE && isBlank(line)) {
        throw bad("too much white space before it");
      }
    } while (isBlank(line));
    at = start;
  }

  private void requireOnlyWhiteSpace() throws AgeException.Armor {
    if (text.length - at >= WHITE_SPACE) {
      throw bad("too much after its END line");
    }
    if (!isBlank(Arrays.copyOfRange(text, at, text.length))) {
      throw bad("text after its END line");
    }
  }

  /** The next line without its LF or CRLF. */
  private byte[] line() throws AgeException.Armor {
    if (at == text.length) {
      throw bad("it is cut short");
    }
    int end = at;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    int stop = end > at && text[end - 1] == '\r' ? end - 1 : end;
    byte[] line = Arrays.copyOfRange(text, at, stop);
    at = Math.min(text.length, end + 1);
    return line;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (!isBlank(b)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b >= '\t' && b <= '\r';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static AgeException.Armor bad(String what) {
    return new AgeException.Armor("not an armored age file: " + what);
  }
}
