package nixbroker.sops;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a .sops.yaml says, with positions.
 *
 * @param taken names of all anchors, also of those that are no recipients
 * @param root null: the file holds nothing
 * @param keys null: no such section
 * @param creationRules null: no such section
 * @param keysDialect why no anchor can be added in place; empty: it can
 * @param rulesDialect why no rule can be added in place; empty: it can
 */
record ConfigModel(
    Map<String, String> anchors,
    Set<String> taken,
    List<Placed> rules,
    YamlNode.Map root,
    YamlNode keys,
    YamlNode creationRules,
    String keysDialect,
    String rulesDialect) {

  /**
   * A rule and where it stands.
   *
   * @param list the age list that a recipient would join; null where dialect says why not
   * @param dialect why no recipient can be added in place; empty: it can
   */
  record Placed(SopsConfig.Rule rule, YamlNode.Map node, YamlNode.Seq list, String dialect) {}

  List<SopsConfig.Rule> plainRules() {
    return rules.stream().map(Placed::rule).toList();
  }
}
