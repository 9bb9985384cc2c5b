package nixbroker.sops;

import nixbroker.sops.YamlNode.Seq;

/** Adds an item behind the last one of a list, in the list's own form. */
final class ConfigList {
  private final Lines lines;
  private final YamlEdit edit;
  private final Seq list;
  private final String lineEnd;

  ConfigList(Lines lines, YamlEdit edit, Seq list) {
    this.lines = lines;
    this.edit = edit;
    this.list = list;
    this.lineEnd = lines.lineEnd();
  }

  void add(String item) throws SopsException {
    if (!list.flow()) {
      block(item);
    } else if (list.items().isEmpty()) {
      edit.insert(list.start() + 1, item);
    } else {
      flow(item);
    }
  }

  private void block(String item) throws SopsException {
    YamlNode last = list.items().getLast();
    int line = lines.lineOf(last.start());
    String before = lines.line(line).substring(0, lines.column(last.start()));
    int dash = lines.column(list.start());
    if (dash >= before.length() || !before.substring(dash).matches("- *")) {
      throw new SopsException.Unsupported(
          ".sops.yaml cannot be edited in place: its layout is unusual", "- " + item + "\n");
    }
    String start = " ".repeat(dash) + before.substring(dash);
    int end = lines.lineOf(Math.max(last.start(), last.contentEnd() - 1));
    edit.insertAfter(lines, end, start + item + lineEnd, lineEnd);
  }

  private void flow(String item) {
    YamlNode last = list.items().getLast();
    int line = lines.lineOf(last.start());
    String before = lines.line(line).substring(0, lines.column(last.start()));
    int comma = comma(last.contentEnd());
    int tail = lines.lineOf(comma < 0 ? last.contentEnd() : comma);
    boolean ownLine = before.isBlank() && lines.lineOf(list.end() - 1) > tail;
    if (!ownLine) {
      edit.insert(last.contentEnd(), separator() + item);
      return;
    }
    if (comma < 0) {
      edit.insert(last.contentEnd(), ",");
    }
    edit.insert(lines.next(tail), before + item + (comma < 0 ? "" : ",") + lineEnd);
  }

  /** The comma behind the last item, or -1. */
  private int comma(int from) {
    String text = lines.text();
    for (int at = from; at < list.end(); at++) {
      char c = text.charAt(at);
      if (c == ',') {
        return at;
      }
      if (c == '#') {
        at = lines.next(lines.lineOf(at)) - 1;
      } else if (!Character.isWhitespace(c)) {
        return -1;
      }
    }
    return -1;
  }

  private String separator() {
    if (list.items().size() > 1) {
      int from = list.items().get(list.items().size() - 2).contentEnd();
      String between = lines.text().substring(from, list.items().getLast().start());
      if (between.matches(" *, *")) {
        return between;
      }
    }
    return ", ";
  }
}
