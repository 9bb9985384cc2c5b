package nixbroker.sops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A regular expression of Go (RE2), for one question: is there a match anywhere? Runs all
 * possibilities side by side, so its time grows only with text times expression.
 */
final class GoRegex {
  /** Instructions; RE2 has a limit of the same kind for nested repetitions. */
  private static final int MAX_PROGRAM = 20_000;

  /** What an expression is made of. */
  sealed interface Term {}

  record One(IntPredicate test) implements Term {}

  enum Place implements Term {
    TEXT_START,
    TEXT_END,
    LINE_START,
    LINE_END,
    WORD_BORDER,
    NO_WORD_BORDER
  }

  record All(List<Term> parts) implements Term {}

  record Either(List<Term> choices) implements Term {}

  /** max below 0: no limit. */
  record Repeat(Term term, int min, int max) implements Term {}

  private sealed interface Step {}

  private record Take(IntPredicate test) implements Step {}

  private record At(Place place) implements Step {}

  /** Goes on at both instructions. */
  private record Fork(int first, int second) implements Step {}

  private record Done() implements Step {}

  private final List<Step> program = new ArrayList<>();

  private GoRegex(Term term) throws SopsException {
    emit(term);
    add(new Done());
  }

  /** Malformed where Go would refuse it too. */
  static GoRegex compile(String pattern) throws SopsException {
    return new GoRegex(new GoRegexParser(pattern).parse());
  }

  boolean find(String text) {
    int[] points = text.codePoints().toArray();
    int[] lastAdded = new int[program.size()];
    Arrays.fill(lastAdded, -1);
    List<Integer> now = new ArrayList<>();
    for (int at = 0; at <= points.length; at++) {
      if (follow(0, at, points, lastAdded, now)) {
        return true;
      }
      List<Integer> next = new ArrayList<>();
      for (int pc : now) {
        if (at < points.length
            && program.get(pc) instanceof Take take
            && take.test.test(points[at])
            && follow(pc + 1, at + 1, points, lastAdded, next)) {
          return true;
        }
      }
      now = next;
    }
    return false;
  }

  /** Adds every character test that can be reached from pc without taking one; true when done. */
  private boolean follow(int pc, int at, int[] points, int[] lastAdded, List<Integer> into) {
    List<Integer> open = new ArrayList<>();
    open.add(pc);
    while (!open.isEmpty()) {
      int step = open.removeLast();
      if (lastAdded[step] == at) {
        continue;
      }
      lastAdded[step] = at;
      switch (program.get(step)) {
        case Take _ -> into.add(step);
        case At(Place place) -> {
          if (holds(place, at, points)) {
            open.add(step + 1);
          }
        }
        case Fork(int first, int second) -> {
          open.add(first);
          open.add(second);
        }
        case Done _ -> {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean holds(Place place, int at, int[] points) {
    boolean start = at == 0;
    boolean end = at == points.length;
    return switch (place) {
      case TEXT_START -> start;
      case TEXT_END -> end;
      case LINE_START -> start || points[at - 1] == '\n';
      case LINE_END -> end || points[at] == '\n';
      case WORD_BORDER -> border(at, points);
      case NO_WORD_BORDER -> !border(at, points);
    };
  }

  private static boolean border(int at, int[] points) {
    boolean before = at > 0 && word(points[at - 1]);
    boolean after = at < points.length && word(points[at]);
    return before != after;
  }

  static boolean word(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }

  private void add(Step step) throws SopsException {
    if (program.size() == MAX_PROGRAM) {
      throw new SopsException.Malformed("a regular expression is too large");
    }
    program.add(step);
  }

  private void emit(Term term) throws SopsException {
    switch (term) {
      case One(IntPredicate test) -> add(new Take(test));
      case Place place -> add(new At(place));
      case All(List<Term> parts) -> {
        for (Term part : parts) {
          emit(part);
        }
      }
      case Either(List<Term> choices) -> emitEither(choices);
      case Repeat repeat -> emitRepeat(repeat);
    }
  }

  private void emitEither(List<Term> choices) throws SopsException {
    List<Integer> jumps = new ArrayList<>();
    for (Term choice : choices.subList(0, choices.size() - 1)) {
      int fork = program.size();
      add(new Fork(0, 0));
      emit(choice);
      jumps.add(program.size());
      add(new Fork(0, 0));
      program.set(fork, new Fork(fork + 1, program.size()));
    }
    emit(choices.getLast());
    for (int jump : jumps) {
      program.set(jump, new Fork(program.size(), program.size()));
    }
  }

  private void emitRepeat(Repeat repeat) throws SopsException {
    for (int i = 0; i < repeat.min; i++) {
      emit(repeat.term);
    }
    int fork = program.size();
    if (repeat.max < 0) {
      add(new Fork(0, 0));
      emit(repeat.term);
      add(new Fork(fork, fork));
      program.set(fork, new Fork(fork + 1, program.size()));
      return;
    }
    List<Integer> forks = new ArrayList<>();
    for (int i = repeat.min; i < repeat.max; i++) {
      forks.add(program.size());
      add(new Fork(0, 0));
      emit(repeat.term);
    }
    for (int each : forks) {
      program.set(each, new Fork(each + 1, program.size()));
    }
  }
}
