package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nixbroker.sops.YamlNode.Alias;
import nixbroker.sops.YamlNode.Scalar;
import nixbroker.sops.YamlNode.Seq;

/** Reads one creation rule: what it means, and whether a recipient can join it in place. */
final class ConfigRuleReader {
  /** Aliases within aliases: far more than people write, few enough to stop a bomb. */
  private static final int MAX_DEPTH = 8;

  private static final int MAX_RECIPIENTS = 10_000;

  private static final List<String> OTHER_KINDS =
      List.of(
          "pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault_transit_uri", "hc_vault");

  private final Lines lines;
  private final Map<String, YamlNode> anchored;

  ConfigRuleReader(Lines lines, Map<String, YamlNode> anchored) {
    this.lines = lines;
    this.anchored = anchored;
  }

  ConfigModel.Placed read(int index, YamlNode.Map rule, boolean shared) throws SopsException {
    Gathered found = new Gathered();
    YamlNode groups = resolved(field(rule, "key_groups", 0));
    boolean grouped = groups instanceof Seq s && !s.items().isEmpty();
    List<YamlNode.Map> holders = grouped ? groups((Seq) groups, found) : List.of(rule);
    for (YamlNode.Map holder : holders) {
      gather(field(holder, "age", 0), found, 0);
      found.otherKinds |= OTHER_KINDS.stream().anyMatch(kind -> present(field(holder, kind, 0)));
    }
    YamlNode age = holders.size() == 1 ? holders.getFirst().get("age") : null;
    String dialect = dialect(rule, shared, found, grouped, holders, age);
    return new ConfigModel.Placed(
        new SopsConfig.Rule(
            index,
            text(rule, "path_regex"),
            List.copyOf(found.recipients),
            List.copyOf(found.names),
            options(rule),
            found.otherKinds),
        rule,
        dialect.isEmpty() ? (Seq) age : null,
        dialect);
  }

  private static final class Gathered {
    private final List<String> recipients = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private boolean otherKinds;
    private boolean nested;
  }

  private List<YamlNode.Map> groups(Seq groups, Gathered found) throws SopsException {
    List<YamlNode.Map> holders = new ArrayList<>();
    for (YamlNode item : groups.items()) {
      if (!(resolved(item) instanceof YamlNode.Map group)) {
        throw malformed(item, "a key group is no map");
      }
      found.nested |= item instanceof Alias;
      holders.add(group);
    }
    return holders;
  }

  private String dialect(
      YamlNode.Map rule,
      boolean shared,
      Gathered found,
      boolean grouped,
      List<YamlNode.Map> holders,
      YamlNode age) {
    if (holders.size() > 1 || present(field(rule, "shamir_threshold", 0))) {
      return "the rule splits the key among groups (Shamir)";
    }
    if (shared
        || found.nested
        || rule.get("<<") != null
        || holders.getFirst().get("<<") != null
        || holders.getFirst().get("merge") != null
        || rule.get("key_groups") instanceof Alias) {
      return "the rule takes its recipients from elsewhere in the file (merge or alias)";
    }
    return switch (age) {
      case null -> "the rule has no list of age recipients";
      case Seq s when s.anchor().isEmpty() -> "";
      case Seq _, Alias _ -> "the rule shares its list of age recipients";
      case Scalar s when s.empty() -> "the rule has no list of age recipients";
      case Scalar _, YamlNode.Map _ ->
          "the rule holds its "
              + (grouped ? "group's " : "")
              + "age recipients in one text, not in a list";
    };
  }

  /** Adds the recipients of a scalar (comma list), an alias, or a list of those. */
  private void gather(YamlNode node, Gathered into, int depth) throws SopsException {
    if (depth > MAX_DEPTH || into.recipients.size() > MAX_RECIPIENTS) {
      throw malformed(node, "aliases within aliases");
    }
    switch (node) {
      case null -> {}
      case Scalar s -> texts(s.value(), "", into);
      case Alias alias when resolved(alias) instanceof Scalar s ->
          texts(s.value(), alias.name(), into);
      case Alias alias -> gather(anchored.get(alias.name()), into, depth + 1);
      case Seq s -> {
        into.nested |= depth > 0;
        for (YamlNode item : s.items()) {
          into.nested |= resolved(item) instanceof Seq;
          gather(item, into, depth + 1);
        }
      }
      case YamlNode.Map m -> throw malformed(m, "age recipients are no texts");
    }
  }

  private static void texts(String value, String alias, Gathered into) {
    List<String> texts = new ArrayList<>();
    for (String text : value.split(",")) {
      if (!text.isBlank()) {
        texts.add(text.strip());
      }
    }
    into.recipients.addAll(texts);
    into.names.addAll(alias.isEmpty() ? texts : List.of(alias));
  }

  private RuleOptions options(YamlNode.Map rule) throws SopsException {
    return new RuleOptions(
        text(rule, "unencrypted_suffix"),
        text(rule, "encrypted_suffix"),
        text(rule, "unencrypted_regex"),
        text(rule, "encrypted_regex"),
        text(rule, "unencrypted_comment_regex"),
        text(rule, "encrypted_comment_regex"),
        text(rule, "mac_only_encrypted").equalsIgnoreCase("true"));
  }

  private String text(YamlNode.Map rule, String name) throws SopsException {
    return switch (resolved(field(rule, name, 0))) {
      case null -> "";
      case Scalar s when s.plain() && GoScalar.plain(s.value()) instanceof Node.Nothing -> "";
      case Scalar s -> s.value();
      case YamlNode other -> throw malformed(other, name + " is no text");
    };
  }

  private boolean present(YamlNode node) {
    return switch (resolved(node)) {
      case null -> false;
      case Scalar s -> !s.value().isEmpty() && !s.value().equals("0") && !s.value().equals("null");
      case Seq s -> !s.items().isEmpty();
      case YamlNode.Map m -> !m.pairs().isEmpty();
      case Alias _ -> true;
    };
  }

  /** A field of the map itself, else of what it merges. */
  private YamlNode field(YamlNode.Map map, String name, int depth) {
    YamlNode own = map.get(name);
    YamlNode merged = resolved(map.get("<<"));
    if (own != null || merged == null || depth > MAX_DEPTH) {
      return own;
    }
    List<YamlNode> sources = merged instanceof Seq s ? s.items() : List.of(merged);
    for (YamlNode source : sources) {
      if (resolved(source) instanceof YamlNode.Map m && field(m, name, depth + 1) != null) {
        return field(m, name, depth + 1);
      }
    }
    return null;
  }

  private YamlNode resolved(YamlNode node) {
    return node instanceof Alias alias ? anchored.get(alias.name()) : node;
  }

  private SopsException malformed(YamlNode node, String what) {
    return new SopsException.Malformed(
        "line " + (lines.lineOf(node.start()) + 1) + " of .sops.yaml: " + what);
  }
}
