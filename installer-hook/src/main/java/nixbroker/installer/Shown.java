package nixbroker.installer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Text from elsewhere made fit for a terminal and for the broker. */
final class Shown {
  /** Colours and cursor movements of installers' progress bars. */
  private static final Pattern ANSI = Pattern.compile("\u001b\\[[0-9;?]*[ -/]*[@-~]");

  private Shown() {}

  /** One line without anything that steers a terminal; tabs stay. */
  static String line(String text) {
    if (text == null) {
      return "no reason given";
    }
    String plain = ANSI.matcher(text).replaceAll("");
    StringBuilder shown = new StringBuilder(plain.length());
    plain.codePoints().forEach(c -> shown.appendCodePoint(steers(c) ? '�' : c));
    return shown.toString();
  }

  /** The same for a line as a program wrote it: UTF-8, wrong bytes replaced. */
  static String line(byte[] bytes, int length) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE)
              .decode(ByteBuffer.wrap(bytes, 0, length));
      return line(text.toString());
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("a replacing decoder refuses nothing", e);
    }
  }

  private static boolean steers(int codePoint) {
    if (codePoint == '\t') {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
