package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Insertions into, and replacements of, parts of a text; everything else stays. */
final class YamlEdit {
  private record Change(int start, int end, String text) {}

  private final String text;
  private final List<Change> changes = new ArrayList<>();

  YamlEdit(String text) {
    this.text = text;
  }

  void insert(int at, String what) {
    changes.add(new Change(at, at, what));
  }

  void replace(int start, int end, String what) {
    changes.add(new Change(start, end, what));
  }

  /** Whole lines (each ending with lineEnd) behind a line, also where that one has no line end. */
  void insertAfter(Lines lines, int line, String what, String lineEnd) {
    int at = lines.next(line);
    if (at == lines.text().length() && !lines.text().endsWith("\n")) {
      insert(at, lineEnd + what.substring(0, what.length() - lineEnd.length()));
    } else {
      insert(at, what);
    }
  }

  String apply() {
    StringBuilder out = new StringBuilder(text);
    List<Change> last = new ArrayList<>(changes);
    last.sort(Comparator.comparingInt(Change::start));
    for (Change change : last.reversed()) {
      out.replace(change.start, change.end, change.text);
    }
    return out.toString();
  }

  byte[] bytes() {
    return apply().getBytes(StandardCharsets.UTF_8);
  }
}
