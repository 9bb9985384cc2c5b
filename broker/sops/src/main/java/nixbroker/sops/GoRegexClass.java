package nixbroker.sops;

import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Sets of characters: [a-z], \d, [[:alpha:]], \p{Greek}. */
final class GoRegexClass {
  private static final Map<String, IntPredicate> POSIX =
      Map.ofEntries(
          Map.entry("alnum", c -> GoRegex.word(c) && c != '_'),
          Map.entry("alpha", c -> GoRegex.word(c) && c > '9' && c != '_'),
          Map.entry("ascii", c -> c < 128),
          Map.entry("blank", c -> c == ' ' || c == '\t'),
          Map.entry("cntrl", c -> c < 32 || c == 127),
          Map.entry("digit", c -> c >= '0' && c <= '9'),
          Map.entry("graph", c -> c > 32 && c < 127),
          Map.entry("lower", c -> c >= 'a' && c <= 'z'),
          Map.entry("print", c -> c >= 32 && c < 127),
          Map.entry("punct", c -> c > 32 && c < 127 && (!GoRegex.word(c) || c == '_')),
          Map.entry("space", c -> c == ' ' || c >= 9 && c <= 13),
          Map.entry("upper", c -> c >= 'A' && c <= 'Z'),
          Map.entry("word", GoRegex::word),
          Map.entry("xdigit", c -> Character.digit(c, 16) >= 0 && c < 128));

  private final GoRegexText text;
  private final boolean foldCase;

  GoRegexClass(GoRegexText text, boolean foldCase) {
    this.text = text;
    this.foldCase = foldCase;
  }

  static IntPredicate folded(IntPredicate test, boolean foldCase) {
    return !foldCase
        ? test
        : c ->
            test.test(c)
                || test.test(Character.toLowerCase(c))
                || test.test(Character.toUpperCase(c))
                || test.test(Character.toLowerCase(Character.toUpperCase(c)));
  }

  /** After the opening bracket. */
  IntPredicate parse() throws SopsException {
    boolean negated = text.taken("^");
    IntPredicate any = c -> false;
    for (boolean first = true; first || !text.next("]"); first = false) {
      if (!text.more()) {
        throw text.malformed("a missing ]");
      }
      any = any.or(member());
    }
    text.take();
    IntPredicate all = folded(any, foldCase);
    return negated ? all.negate() : all;
  }

  private IntPredicate member() throws SopsException {
    String posix = text.takePosixName();
    if (!posix.isEmpty()) {
      boolean negated = posix.startsWith("^");
      IntPredicate named = POSIX.get(negated ? posix.substring(1) : posix);
      if (named == null) {
        throw text.malformed("a named class that Go has not");
      }
      return negated ? named.negate() : named;
    }
    if (text.next("\\")) {
      text.take();
      IntPredicate named = named();
      return named == null ? range(text.takeEscaped()) : named;
    }
    return range(text.take());
  }

  private IntPredicate range(int from) throws SopsException {
    if (!text.takenRangeSign()) {
      return c -> c == from;
    }
    int to = text.taken("\\") ? text.takeEscaped() : text.take();
    if (to < from) {
      throw text.malformed("a range that runs backwards");
    }
    return c -> c >= from && c <= to;
  }

  /** \d and its kin, after the backslash; null when something else stands there. */
  IntPredicate named() throws SopsException {
    if (text.next("p") || text.next("P")) {
      boolean negated = text.take() == 'P';
      IntPredicate named = unicode(text.takeUnicodeName());
      return negated ? named.negate() : named;
    }
    String[] names = {"d", "s", "w"};
    IntPredicate[] sets = {
      POSIX.get("digit"), c -> c == ' ' || c >= 9 && c <= 13 && c != 11, GoRegex::word
    };
    for (int i = 0; i < names.length; i++) {
      if (text.taken(names[i])) {
        return sets[i];
      }
      if (text.taken(names[i].toUpperCase(Locale.ROOT))) {
        return sets[i].negate();
      }
    }
    return null;
  }

  private IntPredicate unicode(String name) throws SopsException {
    boolean negated = name.startsWith("^");
    String plain = negated ? name.substring(1) : name;
    if (plain.equals("Any")) {
      return c -> !negated;
    }
    if (!plain.matches("[A-Za-z_]+")) {
      throw text.malformed("a Unicode class that Go has not");
    }
    // A category has one or two letters, a script more.
    try {
      Pattern set = Pattern.compile("\\p{" + (plain.length() > 2 ? "Is" : "") + plain + "}");
      return c -> negated != set.matcher(Character.toString(c)).matches();
    } catch (PatternSyntaxException e) {
      throw text.malformed("a Unicode class that Go has not");
    }
  }
}
