package nixbroker.sops;

import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** One-line text as a YAML scalar, quoted as sops quotes it, or as its neighbour is. */
final class YamlScalar {
  private static final Set<String> OLD_BOOLEANS =
      Set.of(
          "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off",
          "OFF");
  private static final Pattern BASE_60 =
      Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?");
  private static final String FIRST_FORBIDDEN = "#,[]{}&*!|>'\"%@`";

  private YamlScalar() {}

  /** Plain where that reads back as the same string, else the quotes that sops would take. */
  static String of(String text) throws SopsException {
    requireOneLine(text);
    if (text.isEmpty() || ambiguous(text)) {
      return quoted(text, ScalarStyle.DOUBLE_QUOTED);
    }
    return plainAllowed(text) ? text : quoted(text, ScalarStyle.SINGLE_QUOTED);
  }

  /** The same in a neighbour's style where that can be. */
  static String like(ScalarStyle neighbour, String text) throws SopsException {
    requireOneLine(text);
    return neighbour == ScalarStyle.SINGLE_QUOTED || neighbour == ScalarStyle.DOUBLE_QUOTED
        ? quoted(text, neighbour)
        : of(text);
  }

  /** Like {@link #of}, for a place inside [ ] or { }. */
  static String inFlow(ScalarStyle neighbour, String text) throws SopsException {
    boolean safe = text.chars().noneMatch(c -> "[]{},?:".indexOf(c) >= 0);
    String written = like(neighbour, text);
    return safe || !written.equals(text) ? written : quoted(text, ScalarStyle.SINGLE_QUOTED);
  }

  private static String quoted(String text, ScalarStyle style) {
    return style == ScalarStyle.SINGLE_QUOTED
        ? "'" + text.replace("'", "''") + "'"
        : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Would read as another type, now or by an older YAML. */
  private static boolean ambiguous(String text) throws SopsException {
    return !(GoScalar.plain(text) instanceof Node.Text)
        || OLD_BOOLEANS.contains(text)
        || BASE_60.matcher(text).matches()
        || text.equals("<<");
  }

  private static boolean plainAllowed(String text) {
    char first = text.charAt(0);
    boolean lonely = text.length() == 1 || text.charAt(1) == ' ';
    return FIRST_FORBIDDEN.indexOf(first) < 0
        && !("?:-".indexOf(first) >= 0 && lonely)
        && !text.startsWith("---")
        && !text.startsWith("...")
        && text.equals(text.strip())
        && !text.contains(": ")
        && !text.endsWith(":")
        && !text.contains(" #");
  }

  private static void requireOneLine(String text) throws SopsException {
    if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7F || c == 0x85 || c == 0x2028 || c == 0x2029)
        || text.chars().anyMatch(c -> Character.isSurrogate((char) c) || c == 0xFEFF)) {
      throw new SopsException.Unsupported("a text has characters that need another layout", "");
    }
  }
}
