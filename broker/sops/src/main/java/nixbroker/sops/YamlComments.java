package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;

/** The comments of a YAML text: every "#" outside the scalars, at a line's start or after space. */
final class YamlComments {
  /** text: without the "#"; inline: something else stands before it on its line. */
  record Found(int offset, int line, int column, boolean inline, String text) {}

  private final Lines lines;
  private final List<Found> found = new ArrayList<>();
  private int scanned;

  private YamlComments(Lines lines) {
    this.lines = lines;
  }

  static List<Found> in(Lines lines, List<YamlNode> roots) {
    YamlComments comments = new YamlComments(lines);
    for (YamlNode root : roots) {
      comments.visit(root);
    }
    comments.scanTo(lines.text().length());
    return comments.found;
  }

  private void visit(YamlNode node) {
    switch (node) {
      case YamlNode.Scalar s -> {
        scanTo(s.start());
        scanned = Math.max(scanned, s.end());
      }
      case YamlNode.Alias _ -> {}
      case YamlNode.Map m ->
          m.pairs()
              .forEach(
                  pair -> {
                    visit(pair.key());
                    visit(pair.value());
                  });
      case YamlNode.Seq s -> s.items().forEach(this::visit);
    }
  }

  private void scanTo(int end) {
    String text = lines.text();
    for (int at = text.indexOf('#', scanned);
        at >= 0 && at < end;
        at = text.indexOf('#', scanned)) {
      scanned = at + 1;
      if (at == 0 || " \t\n".indexOf(text.charAt(at - 1)) >= 0) {
        int line = lines.lineOf(at);
        int column = at - lines.start(line);
        String whole = lines.line(line);
        boolean inline = !whole.substring(0, column).isBlank();
        found.add(new Found(at, line, column, inline, whole.substring(column + 1)));
        scanned = lines.next(line);
      }
    }
    scanned = Math.max(scanned, end);
  }
}
