package nixbroker.sops;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a regular expression and how far it is read. */
final class GoRegexText {
  private static final Pattern REPEAT = Pattern.compile("\\{(\\d{1,9})(?:(,)(\\d{1,9})?)?\\}");
  private static final Pattern GROUP_NAME = Pattern.compile("\\?P?<([A-Za-z0-9_]+)>");
  private static final Pattern POSIX_NAME = Pattern.compile("\\[:(.*?):\\]");
  private static final Pattern UNICODE_NAME = Pattern.compile("\\{([^}]*)\\}|([^{])");
  private static final Pattern OCTAL = Pattern.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}");
  private static final Pattern HEX =
      Pattern.compile("x(?:([0-9A-Fa-f]{2})|\\{([0-9A-Fa-f]{1,8})\\})");

  private final String pattern;
  private int at;

  GoRegexText(String pattern) {
    this.pattern = pattern;
  }

  boolean more() {
    return at < pattern.length();
  }

  boolean next(String expected) {
    return pattern.startsWith(expected, at);
  }

  boolean taken(String expected) {
    boolean there = next(expected);
    at += there ? expected.length() : 0;
    return there;
  }

  int take() throws SopsException {
    if (!more()) {
      throw malformed("an end too early");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private Matcher here(Pattern form) {
    return form.matcher(pattern).region(at, pattern.length());
  }

  boolean nextRepeat() {
    return here(REPEAT).lookingAt();
  }

  /** {min, max}; max -1 without a limit. */
  int[] takeRepeat() {
    Matcher form = here(REPEAT);
    form.lookingAt();
    at = form.end();
    int min = Integer.parseInt(form.group(1));
    if (form.group(3) != null) {
      return new int[] {min, Integer.parseInt(form.group(3))};
    }
    return new int[] {min, form.group(2) == null ? min : -1};
  }

  /** ?P<name> and ?<name> */
  boolean takenGroupName() {
    return takenForm(here(GROUP_NAME));
  }

  private boolean takenForm(Matcher form) {
    boolean there = form.lookingAt();
    at = there ? form.end() : at;
    return there;
  }

  /** The name in [:name:], else empty. */
  String takePosixName() {
    Matcher form = here(POSIX_NAME);
    return takenForm(form) ? form.group(1) : "";
  }

  String takeUnicodeName() throws SopsException {
    Matcher form = here(UNICODE_NAME);
    if (!takenForm(form)) {
      throw malformed("a Unicode class that Go has not");
    }
    return form.group(1) == null ? form.group(2) : form.group(1);
  }

  /** A "-" that something other than the end of the class follows. */
  boolean takenRangeSign() {
    return next("-") && !next("-]") && taken("-");
  }

  /** One character, after a backslash. */
  int takeEscaped() throws SopsException {
    Matcher octal = here(OCTAL);
    if (takenForm(octal)) {
      return Integer.parseInt(octal.group(), 8);
    }
    Matcher hex = here(HEX);
    if (takenForm(hex)) {
      long c = Long.parseLong(hex.group(1) == null ? hex.group(2) : hex.group(1), 16);
      if (c > Character.MAX_CODE_POINT) {
        throw malformed("a character that Unicode has not");
      }
      return (int) c;
    }
    int c = take();
    return switch (c) {
      case 'a' -> 7;
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      default -> {
        if (c >= 128 || GoRegex.word(c) && c != '_') {
          throw malformed("an escape that Go has not (a back-reference, or Java's or Perl's own)");
        }
        yield c;
      }
    };
  }

  SopsException malformed(String what) {
    return new SopsException.Malformed("the regular expression " + pattern + " has " + what);
  }
}
