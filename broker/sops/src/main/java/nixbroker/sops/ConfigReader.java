package nixbroker.sops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nixbroker.sops.YamlNode.Alias;
import nixbroker.sops.YamlNode.Pair;
import nixbroker.sops.YamlNode.Scalar;
import nixbroker.sops.YamlNode.Seq;

/** Reads a .sops.yaml of any dialect as far as its meaning is plain. */
final class ConfigReader {
  private final Lines lines;
  private final Map<String, YamlNode> anchored = new LinkedHashMap<>();
  private final Set<String> twice = new HashSet<>();

  private ConfigReader(Lines lines) {
    this.lines = lines;
  }

  static ConfigModel read(Lines lines) throws SopsException {
    return new ConfigReader(lines).model(YamlReader.documents(lines.text()));
  }

  private ConfigModel model(List<YamlNode> roots) throws SopsException {
    YamlNode first = roots.isEmpty() ? null : roots.getFirst();
    if (first == null || first instanceof Scalar s && s.empty()) {
      return new ConfigModel(Map.of(), Set.of(), List.of(), null, null, null, "", "");
    }
    if (!(first instanceof YamlNode.Map root)) {
      throw malformed(first, "is no map: .sops.yaml has keys and creation_rules at the top");
    }
    collectAnchors(root);
    Map<String, String> anchors = new LinkedHashMap<>();
    anchored.forEach(
        (name, node) -> {
          if (node instanceof Scalar s) {
            anchors.put(name, s.value());
          }
        });
    YamlNode keys = root.get("keys");
    YamlNode rules = root.get("creation_rules");
    String whole = roots.size() > 1 ? "it holds several YAML documents" : root.flow() ? FLOW : "";
    return new ConfigModel(
        anchors,
        Set.copyOf(anchored.keySet()),
        rules(rules),
        root,
        keys,
        rules,
        whole.isEmpty() ? keysDialect(keys) : whole,
        whole.isEmpty() ? rulesDialect(rules) : whole);
  }

  private static final String FLOW = "it is written in { }";

  private void collectAnchors(YamlNode node) {
    if (!node.anchor().isEmpty() && anchored.put(node.anchor(), node) != null) {
      twice.add(node.anchor());
    }
    switch (node) {
      case Scalar _, Alias _ -> {}
      case Seq s -> s.items().forEach(this::collectAnchors);
      case YamlNode.Map m -> {
        for (Pair pair : m.pairs()) {
          collectAnchors(pair.key());
          collectAnchors(pair.value());
        }
      }
    }
  }

  private String keysDialect(YamlNode keys) {
    if (!twice.isEmpty()) {
      return "an anchor is defined twice";
    }
    return switch (keys) {
      case null -> "";
      case Scalar s when s.empty() -> "";
      case Seq s when s.items().stream().allMatch(Scalar.class::isInstance) -> "";
      case Seq s when s.items().stream().anyMatch(Seq.class::isInstance) ->
          "its keys are lists within a list";
      case Seq _ -> "its keys are maps or merges within a list";
      case YamlNode.Map _ -> "its keys are a map of groups";
      case Scalar _, Alias _ -> "its keys are no list";
    };
  }

  private static String rulesDialect(YamlNode rules) {
    return switch (rules) {
      case null -> "";
      case Scalar s when s.empty() -> "";
      case Seq s when !s.flow() -> "";
      case Seq _ -> "its rules are written in [ ]";
      case Scalar _, Alias _, YamlNode.Map _ -> "its rules are no list";
    };
  }

  private List<ConfigModel.Placed> rules(YamlNode node) throws SopsException {
    List<ConfigModel.Placed> rules = new ArrayList<>();
    if (node == null || node instanceof Scalar s && s.empty()) {
      return rules;
    }
    if (!(target(node) instanceof Seq list)) {
      throw malformed(node, "creation_rules is no list");
    }
    ConfigRuleReader reader = new ConfigRuleReader(lines, anchored);
    for (YamlNode item : list.items()) {
      if (!(target(item) instanceof YamlNode.Map map)) {
        throw malformed(item, "a creation rule is no map");
      }
      rules.add(reader.read(rules.size(), map, item instanceof Alias));
    }
    return rules;
  }

  private YamlNode target(YamlNode node) {
    return node instanceof Alias alias ? anchored.get(alias.name()) : node;
  }

  private SopsException malformed(YamlNode node, String what) {
    return new SopsException.Malformed(
        "line " + (lines.lineOf(node.start()) + 1) + " of .sops.yaml: " + what);
  }
}
