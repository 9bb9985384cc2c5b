package nixbroker.sops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/**
 * How a rule is written. Columns: dash, of the rule's "-"; keys, of path_regex; group, of the
 * group's "-"; age, of the key age (equal to keys without groups); item, of an item's "-"; text, of
 * what stands behind that.
 */
record RuleForm(
    int dash,
    int keys,
    boolean grouped,
    int group,
    int age,
    boolean flow,
    int item,
    int text,
    ScalarStyle regex) {

  /** The form of a file that has no rule yet. */
  RuleForm() {
    this(2, 4, true, 6, 8, false, 10, 12, ScalarStyle.PLAIN);
  }

  /** The form of this rule, or the usual one at its place where it has no form to follow. */
  static RuleForm of(ConfigModel.Placed placed, Lines lines, int dash) {
    YamlNode.Map rule = placed.node();
    int keys = rule.flow() || rule.pairs().isEmpty() ? dash + 2 : keyColumn(rule, lines);
    ScalarStyle regex =
        rule.get("path_regex") instanceof YamlNode.Scalar s ? s.style() : ScalarStyle.PLAIN;
    YamlNode.Seq list = placed.list();
    if (list == null || rule.flow() || keys <= dash) {
      return new RuleForm(dash, keys, true, keys + 2, keys + 4, false, keys + 6, keys + 8, regex);
    }
    boolean empty = list.items().isEmpty();
    if (rule.get("age") == list) {
      int item = list.flow() ? keys + 2 : lines.column(list.start());
      return new RuleForm(
          dash,
          keys,
          false,
          keys,
          keys,
          list.flow() && !empty,
          item,
          text(list, item, lines),
          regex);
    }
    YamlNode.Seq groups = (YamlNode.Seq) rule.get("key_groups");
    YamlNode.Map group = (YamlNode.Map) groups.items().getFirst();
    if (groups.flow() || group.flow()) {
      return new RuleForm(dash, keys, true, keys + 2, keys + 4, true, keys + 6, keys + 8, regex);
    }
    int groupDash = lines.column(groups.start());
    int age = keyColumn(group, lines);
    int item = list.flow() ? age + 2 : lines.column(list.start());
    return new RuleForm(
        dash,
        keys,
        true,
        groupDash,
        age,
        list.flow() && !empty,
        item,
        text(list, item, lines),
        regex);
  }

  private static int text(YamlNode.Seq list, int item, Lines lines) {
    boolean block = !list.flow() && !list.items().isEmpty();
    return block ? lines.column(list.items().getLast().start()) : item + 2;
  }

  private static int keyColumn(YamlNode.Map map, Lines lines) {
    return lines.column(map.pairs().getFirst().key().start());
  }

  String write(
      String pathRegex,
      List<String> names,
      Map<String, String> anchors,
      RuleOptions options,
      String lineEnd)
      throws SopsException {
    StringBuilder out = new StringBuilder();
    out.append(dashed(dash, keys)).append("path_regex: ").append(YamlScalar.like(regex, pathRegex));
    out.append(lineEnd);
    for (var option : options(options).entrySet()) {
      out.append(" ".repeat(keys)).append(option.getKey()).append(": ");
      out.append(YamlScalar.of(option.getValue())).append(lineEnd);
    }
    if (options.macOnlyEncrypted()) {
      out.append(" ".repeat(keys)).append("mac_only_encrypted: true").append(lineEnd);
    }
    if (grouped) {
      out.append(" ".repeat(keys)).append("key_groups:").append(lineEnd).append(dashed(group, age));
    } else {
      out.append(" ".repeat(keys));
    }
    return out.append("age:").append(list(names, anchors, lineEnd)).toString();
  }

  private String list(List<String> names, Map<String, String> anchors, String lineEnd)
      throws SopsException {
    StringBuilder out = new StringBuilder(flow ? " [" : lineEnd);
    for (String name : names) {
      if (flow) {
        out.append(name.equals(names.getFirst()) ? "" : ", ");
        out.append(
            anchors.containsKey(name) ? "*" + name : YamlScalar.inFlow(ScalarStyle.PLAIN, name));
      } else {
        out.append(dashed(item, text)).append(ConfigPaste.item(name, anchors));
        out.append(lineEnd);
      }
    }
    return out.append(flow ? "]" + lineEnd : "").toString();
  }

  private static String dashed(int dash, int content) {
    return " ".repeat(dash) + "-" + " ".repeat(Math.max(1, content - dash - 1));
  }

  private static Map<String, String> options(RuleOptions o) {
    Map<String, String> set = new LinkedHashMap<>();
    set.put("unencrypted_suffix", o.unencryptedSuffix());
    set.put("encrypted_suffix", o.encryptedSuffix());
    set.put("unencrypted_regex", o.unencryptedRegex());
    set.put("encrypted_regex", o.encryptedRegex());
    set.put("unencrypted_comment_regex", o.unencryptedCommentRegex());
    set.put("encrypted_comment_regex", o.encryptedCommentRegex());
    set.values().removeIf(String::isEmpty);
    return set;
  }
}
