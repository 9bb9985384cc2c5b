package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The lines a user adds by hand where a file is not edited in place. */
final class ConfigPaste {
  private ConfigPaste() {}

  static String anchor(String name, String recipient) throws SopsException {
    return "  - &" + name + " " + YamlScalar.of(recipient) + "\n";
  }

  /** The whole list where the rule has none, else the one line. */
  static String recipient(ConfigModel.Placed placed, String name, Map<String, String> anchors)
      throws SopsException {
    YamlNode age = placed.node().get("age");
    boolean replace = age instanceof YamlNode.Scalar && placed.node().get("key_groups") == null;
    if (!replace) {
      return "          - " + item(name, anchors) + "\n";
    }
    StringBuilder out = new StringBuilder("    age:\n");
    List<String> all = new ArrayList<>(placed.rule().names());
    all.add(name);
    for (String each : all) {
      out.append("      - ").append(item(each, anchors)).append('\n');
    }
    return out.toString();
  }

  static String rule(
      String pathRegex, List<String> names, Map<String, String> anchors, RuleOptions options)
      throws SopsException {
    return new RuleForm().write(pathRegex, names, anchors, options, "\n");
  }

  static String item(String name, Map<String, String> anchors) throws SopsException {
    return anchors.containsKey(name) ? "*" + name : YamlScalar.of(name);
  }
}
