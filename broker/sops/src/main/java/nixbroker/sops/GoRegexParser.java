package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import nixbroker.sops.GoRegex.All;
import nixbroker.sops.GoRegex.Either;
import nixbroker.sops.GoRegex.One;
import nixbroker.sops.GoRegex.Place;
import nixbroker.sops.GoRegex.Repeat;
import nixbroker.sops.GoRegex.Term;

/** Reads Go's regular expression syntax; whatever Go refuses is Malformed. */
final class GoRegexParser {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_REPEAT = 1000;

  private final GoRegexText text;
  private boolean foldCase;
  private boolean multiLine;
  private boolean dotTakesLineEnd;
  private int depth;

  GoRegexParser(String pattern) {
    this.text = new GoRegexText(pattern);
  }

  Term parse() throws SopsException {
    Term term = either();
    if (text.more()) {
      throw text.malformed("an unexpected )");
    }
    return term;
  }

  private Term either() throws SopsException {
    List<Term> choices = new ArrayList<>();
    choices.add(sequence());
    while (text.taken("|")) {
      choices.add(sequence());
    }
    return choices.size() == 1 ? choices.getFirst() : new Either(choices);
  }

  private Term sequence() throws SopsException {
    List<Term> parts = new ArrayList<>();
    while (text.more() && !text.next("|") && !text.next(")")) {
      if (text.taken("\\Q")) {
        quoted(parts);
      } else {
        term(parts);
      }
    }
    return new All(parts);
  }

  private void quoted(List<Term> parts) throws SopsException {
    while (text.more() && !text.taken("\\E")) {
      parts.add(literal(text.take()));
    }
  }

  private void term(List<Term> parts) throws SopsException {
    if (text.next("*") || text.next("+") || text.next("?") || text.nextRepeat()) {
      throw text.malformed("nothing to repeat");
    }
    Term atom = text.taken("(") ? group() : atom();
    int[] bounds = bounds();
    if (bounds.length == 0) {
      parts.add(atom);
      return;
    }
    text.taken("?");
    if (bounds().length > 0) {
      throw text.malformed("a repetition of a repetition");
    }
    parts.add(new Repeat(atom, bounds[0], bounds[1]));
  }

  /** Empty where no repetition follows. */
  private int[] bounds() throws SopsException {
    if (text.taken("*")) {
      return new int[] {0, -1};
    }
    if (text.taken("+")) {
      return new int[] {1, -1};
    }
    if (text.taken("?")) {
      return new int[] {0, 1};
    }
    if (!text.nextRepeat()) {
      return new int[0];
    }
    int[] bounds = text.takeRepeat();
    if (bounds[0] > MAX_REPEAT
        || bounds[1] > MAX_REPEAT
        || bounds[1] >= 0 && bounds[1] < bounds[0]) {
      throw text.malformed("a repetition with bounds that Go refuses");
    }
    return bounds;
  }

  private Term group() throws SopsException {
    if (++depth > MAX_DEPTH) {
      throw text.malformed("groups nested too deep");
    }
    boolean foldBefore = foldCase;
    boolean linesBefore = multiLine;
    boolean dotBefore = dotTakesLineEnd;
    if (text.next("?") && !text.takenGroupName()) {
      text.take();
      if (!flags()) {
        depth--;
        return new All(List.of());
      }
    }
    Term inner = either();
    if (!text.taken(")")) {
      throw text.malformed("a missing )");
    }
    foldCase = foldBefore;
    multiLine = linesBefore;
    dotTakesLineEnd = dotBefore;
    depth--;
    return inner;
  }

  /** Reads flags; true at a ":" (a group follows), false at a ")" (they hold from here on). */
  private boolean flags() throws SopsException {
    boolean on = true;
    for (int read = 0; text.more(); read++) {
      int c = text.take();
      switch (c) {
        case 'i' -> foldCase = on;
        case 'm' -> multiLine = on;
        case 's' -> dotTakesLineEnd = on;
        case 'U' -> {} // greedy or not makes no difference to whether there is a match
        case '-' -> {
          if (!on) {
            throw text.malformed("a group that Go has not (look-around, or a wrong flag)");
          }
          on = false;
        }
        case ':' -> {
          return true;
        }
        case ')' -> {
          if (read == 0) {
            throw text.malformed("a group that Go has not (look-around, or a wrong flag)");
          }
          return false;
        }
        default -> throw text.malformed("a group that Go has not (look-around, or a wrong flag)");
      }
    }
    throw text.malformed("a missing )");
  }

  private Term atom() throws SopsException {
    if (text.taken("[")) {
      return new One(new GoRegexClass(text, foldCase).parse());
    }
    if (text.taken("\\")) {
      return escape();
    }
    int c = text.take();
    boolean lineEnds = dotTakesLineEnd;
    return switch (c) {
      case '.' -> new One(each -> lineEnds || each != '\n');
      case '^' -> multiLine ? Place.LINE_START : Place.TEXT_START;
      case '$' -> multiLine ? Place.LINE_END : Place.TEXT_END;
      default -> literal(c);
    };
  }

  private Term escape() throws SopsException {
    if (text.taken("A")) {
      return Place.TEXT_START;
    }
    if (text.taken("z")) {
      return Place.TEXT_END;
    }
    if (text.taken("b")) {
      return Place.WORD_BORDER;
    }
    if (text.taken("B")) {
      return Place.NO_WORD_BORDER;
    }
    GoRegexClass classes = new GoRegexClass(text, foldCase);
    IntPredicate named = classes.named();
    return named == null ? literal(text.takeEscaped()) : new One(named);
  }

  private Term literal(int c) {
    return new One(GoRegexClass.folded(each -> each == c, foldCase));
  }
}
