package nixbroker.sops;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A text and its lines. Offsets count chars; lines count from 0 and end with "\n" or "\r\n". */
final class Lines {
  private final String text;
  private final int[] starts;

  Lines(String text) {
    this.text = text;
    int[] found = new int[16];
    int count = 1;
    for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      if (count == found.length) {
        found = Arrays.copyOf(found, count * 2);
      }
      found[count++] = at + 1;
    }
    this.starts = Arrays.copyOf(found, count);
  }

  /** Strict UTF-8, as YAML files of sops are. */
  static String decode(byte[] bytes) throws SopsException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new SopsException.Malformed("the file is not UTF-8 text");
    }
  }

  String text() {
    return text;
  }

  int count() {
    return starts.length;
  }

  int lineOf(int offset) {
    int found = Arrays.binarySearch(starts, offset);
    return found >= 0 ? found : -found - 2;
  }

  int start(int line) {
    return starts[line];
  }

  /** Where the next line starts, or the end of the text. */
  int next(int line) {
    return line + 1 < starts.length ? starts[line + 1] : text.length();
  }

  /** The line without its line end. */
  String line(int line) {
    int end = next(line);
    if (end > start(line) && text.charAt(end - 1) == '\n') {
      end--;
      if (end > start(line) && text.charAt(end - 1) == '\r') {
        end--;
      }
    }
    return text.substring(start(line), end);
  }

  int column(int offset) {
    return offset - start(lineOf(offset));
  }

  boolean blank(int line) {
    return line(line).isBlank();
  }

  boolean comment(int line) {
    return line(line).stripLeading().startsWith("#");
  }

  /** Columns before the first character that is not a space. */
  int indent(int line) {
    String s = line(line);
    int i = 0;
    while (i < s.length() && s.charAt(i) == ' ') {
      i++;
    }
    return i;
  }

  /** How the lines of this text end. */
  String lineEnd() {
    int first = text.indexOf('\n');
    return first > 0 && text.charAt(first - 1) == '\r' ? "\r\n" : "\n";
  }
}
