package nixbroker.sops;

import java.util.List;
import nixbroker.sops.YamlNode.Pair;
import nixbroker.sops.YamlNode.Scalar;
import nixbroker.sops.YamlNode.Seq;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** Writes one change into the text of a .sops.yaml of the flat dialect. */
final class ConfigEditor {
  private final Lines lines;
  private final ConfigModel model;
  private final YamlEdit edit;
  private final String lineEnd;

  ConfigEditor(Lines lines, ConfigModel model) {
    this.lines = lines;
    this.model = model;
    this.edit = new YamlEdit(lines.text());
    this.lineEnd = lines.lineEnd();
  }

  String anchor(String name, String recipient) throws SopsException {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw new SopsException.Unsupported(name + " cannot be the name of an anchor", "");
    }
    String start = "&" + name + " ";
    switch (model.keys()) {
      case Seq list when list.flow() || !list.items().isEmpty() -> {
        ScalarStyle style =
            list.items().isEmpty() ? ScalarStyle.PLAIN : ((Scalar) list.items().getLast()).style();
        String value =
            list.flow() ? YamlScalar.inFlow(style, recipient) : YamlScalar.like(style, recipient);
        new ConfigList(lines, edit, list).add(start + value);
      }
      case Scalar empty -> {
        String line = "  - " + start + YamlScalar.of(recipient) + lineEnd;
        edit.insertAfter(lines, lines.lineOf(empty.start()), line, lineEnd);
      }
      case null -> newKeys("keys:" + lineEnd + "  - " + start + YamlScalar.of(recipient) + lineEnd);
      case YamlNode other ->
          throw new IllegalStateException("not the flat dialect: " + other.start());
    }
    return edit.apply();
  }

  /** Above all that may use the anchors, below the comment at the top of the file. */
  private void newKeys(String section) {
    if (model.root() == null) {
      edit.insertAfter(lines, lines.count() - 1, section, lineEnd);
      return;
    }
    int first = lines.lineOf(model.root().pairs().getFirst().key().start());
    int at = aboveComments(first, 0);
    boolean header = at == 0 && first > 0;
    edit.insert(lines.start(header ? first : at), section);
  }

  String recipient(ConfigModel.Placed placed, String name) throws SopsException {
    Seq list = placed.list();
    String item =
        model.anchors().containsKey(name)
            ? "*" + name
            : list.flow()
                ? YamlScalar.inFlow(style(list), name)
                : YamlScalar.like(style(list), name);
    new ConfigList(lines, edit, list).add(item);
    return edit.apply();
  }

  private static ScalarStyle style(Seq list) {
    return list.items().isEmpty() || !(list.items().getLast() instanceof Scalar last)
        ? ScalarStyle.PLAIN
        : last.style();
  }

  String rule(int before, String pathRegex, List<String> names, RuleOptions options)
      throws SopsException {
    if (model.rules().isEmpty()) {
      firstRule(new RuleForm().write(pathRegex, names, model.anchors(), options, lineEnd));
      return edit.apply();
    }
    boolean last = before == model.rules().size();
    Seq list = (Seq) model.creationRules();
    int dash = lines.column(list.start());
    RuleForm form = RuleForm.of(model.rules().get(last ? before - 1 : before), lines, dash);
    String rule = form.write(pathRegex, names, model.anchors(), options, lineEnd);
    if (last) {
      int end = lines.lineOf(Math.max(0, list.contentEnd() - 1));
      boolean apart = before > 1 && blankAbove(before - 1);
      edit.insertAfter(lines, end, apart ? lineEnd + rule : rule, lineEnd);
    } else {
      boolean apart =
          before > 0 ? blankAbove(before) : before + 1 < model.rules().size() && blankAbove(1);
      edit.insert(lines.start(above(before)), apart ? rule + lineEnd : rule);
    }
    return edit.apply();
  }

  private void firstRule(String rule) {
    if (model.creationRules() instanceof Scalar empty) {
      edit.insertAfter(lines, lines.lineOf(empty.start()), rule, lineEnd);
      return;
    }
    boolean bare = lines.text().isBlank();
    String section = (bare ? "" : lineEnd) + "creation_rules:" + lineEnd + rule;
    edit.insertAfter(lines, lines.count() - 1, section, lineEnd);
  }

  private boolean blankAbove(int rule) {
    int line = above(rule);
    return line > 0 && lines.blank(line - 1);
  }

  /** The first line of a rule with the comments that belong to it. */
  private int above(int rule) {
    Seq list = (Seq) model.creationRules();
    Pair section =
        model.root().pairs().stream().filter(p -> p.value() == list).findFirst().orElseThrow();
    int floor = lines.lineOf(section.key().start()) + 1;
    if (rule > 0) {
      floor = lines.lineOf(list.items().get(rule - 1).contentEnd() - 1) + 1;
    }
    // The dash may stand on a line of its own above the first key.
    int start = list.items().get(rule).start();
    return aboveComments(lines.lineOf(lines.text().lastIndexOf('-', start)), floor);
  }

  private int aboveComments(int line, int floor) {
    int at = line;
    while (at > floor && lines.comment(at - 1)) {
      at--;
    }
    return at;
  }
}
