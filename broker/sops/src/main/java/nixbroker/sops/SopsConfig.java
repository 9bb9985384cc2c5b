package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A .sops.yaml: anchors under keys, creation rules; immutable. Any dialect can be read, the flat
 * one be edited: an edit gives a new one with all else byte for byte.
 */
public final class SopsConfig {
  private static final String EMPTY =
      """
      # Who may read which file. sops takes the first rule whose path_regex matches
      # the path of a file (from this folder); rules name recipients by *name.

      # - &name age1...
      keys:

      creation_rules:
      """;

  private final Lines lines;
  private final ConfigModel model;

  private SopsConfig(String text) throws SopsException {
    this.lines = new Lines(text);
    this.model = ConfigReader.read(lines);
  }

  /**
   * Reads UTF-8 text. Recipients are not looked at: they may be placeholders.
   *
   * @throws SopsException.Malformed not YAML, or a section of another shape than sops takes; with
   *     the number of the line
   */
  public static SopsConfig parse(byte[] text) throws SopsException {
    return new SopsConfig(Lines.decode(text));
  }

  /** The .sops.yaml that a tree without one starts from. */
  public static SopsConfig empty() {
    try {
      return new SopsConfig(EMPTY);
    } catch (SopsException e) {
      throw new IllegalStateException("our own text", e);
    }
  }

  /** UTF-8. */
  public byte[] bytes() {
    return lines.text().getBytes(StandardCharsets.UTF_8);
  }

  /** Anchor name (without &) to recipient text, in order, wherever in the file they stand. */
  public Map<String, String> anchors() {
    return Collections.unmodifiableMap(model.anchors());
  }

  public List<Rule> rules() {
    return model.plainRules();
  }

  /**
   * The first rule that matches a path relative to the folder of .sops.yaml.
   *
   * @throws SopsException.Malformed a rule before it, or itself, has an invalid expression, or it
   *     has options that contradict each other
   */
  public Optional<Rule> winner(String path) throws SopsException {
    for (Rule rule : rules()) {
      if (rule.matches(path)) {
        CryptRule.of(rule.options());
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /**
   * One creation rule. index: position from 0. pathRegex: empty matches every path. recipients:
   * resolved texts, in order. names: anchor names where aliased, else the text itself. otherKinds:
   * it names pgp, kms or other keys too.
   */
  public record Rule(
      int index,
      String pathRegex,
      List<String> recipients,
      List<String> names,
      RuleOptions options,
      boolean otherKinds) {
    /**
     * Go's regular expressions, found anywhere in the path.
     *
     * @throws SopsException.Malformed an expression that Go would refuse
     */
    public boolean matches(String path) throws SopsException {
      return pathRegex.isEmpty() || GoRegex.compile(pathRegex).find(path);
    }

    private Rule at(int other) {
      return new Rule(other, pathRegex, recipients, names, options, otherKinds);
    }
  }

  /**
   * Adds "- &name recipient" at the end of keys; a missing section is made.
   *
   * @throws SopsException.Unsupported the name is taken, or the dialect of the file is not the flat
   *     one: {@link SopsException.Unsupported#paste()} has the line
   */
  public SopsConfig withAnchor(String name, String recipient) throws SopsException {
    String paste = ConfigPaste.anchor(name, recipient);
    if (model.taken().contains(name)) {
      throw new SopsException.Unsupported("the anchor &" + name + " is taken", paste);
    }
    refuse(model.keysDialect(), paste);
    Map<String, String> anchors = new LinkedHashMap<>(model.anchors());
    anchors.put(name, recipient);
    String text = new ConfigEditor(lines, model).anchor(name, recipient);
    return checked(text, anchors, rules(), paste);
  }

  /**
   * Adds an alias (or the recipient text where there is no such anchor) to the rule at index; one
   * that is there already changes nothing.
   *
   * @throws SopsException.Unsupported the rule is not of the flat dialect: paste() has the lines
   */
  public SopsConfig withRecipient(int rule, String name) throws SopsException {
    ConfigModel.Placed placed = model.rules().get(rule);
    Rule old = placed.rule();
    String recipient = model.anchors().getOrDefault(name, name);
    if (old.names().contains(name) || old.recipients().contains(recipient)) {
      return this;
    }
    String paste = ConfigPaste.recipient(placed, name, model.anchors());
    refuse(placed.dialect(), paste);
    List<Rule> rules = new ArrayList<>(rules());
    rules.set(
        rule,
        new Rule(
            rule,
            old.pathRegex(),
            with(old.recipients(), recipient),
            with(old.names(), name),
            old.options(),
            old.otherKinds()));
    String text = new ConfigEditor(lines, model).recipient(placed, name);
    return checked(text, model.anchors(), rules, paste);
  }

  /**
   * Adds a rule before the rule at index (index = number of rules: at the end); names are anchors
   * or recipient texts. The neighbours' form is kept; a missing section is made.
   *
   * @throws SopsException.Unsupported the rules are not in a block list: paste() has the rule
   */
  public SopsConfig withRule(int before, String pathRegex, List<String> names, RuleOptions options)
      throws SopsException {
    String paste = ConfigPaste.rule(pathRegex, names, model.anchors(), options);
    refuse(model.rulesDialect(), paste);
    List<String> recipients =
        names.stream().map(name -> model.anchors().getOrDefault(name, name)).toList();
    List<Rule> rules = new ArrayList<>(rules());
    rules.add(before, new Rule(before, pathRegex, recipients, names, options, false));
    for (int i = before + 1; i < rules.size(); i++) {
      rules.set(i, rules.get(i).at(i));
    }
    String text = new ConfigEditor(lines, model).rule(before, pathRegex, names, options);
    return checked(text, model.anchors(), rules, paste);
  }

  private static <T> List<T> with(List<T> list, T added) {
    List<T> longer = new ArrayList<>(list);
    longer.add(added);
    return longer;
  }

  private static void refuse(String dialect, String paste) throws SopsException {
    if (!dialect.isEmpty()) {
      throw new SopsException.Unsupported(
          ".sops.yaml cannot be edited in place: " + dialect, paste);
    }
  }

  private SopsConfig checked(
      String text, Map<String, String> anchors, List<Rule> rules, String paste)
      throws SopsException {
    try {
      SopsConfig after = new SopsConfig(text);
      boolean same = anchors.equals(after.model.anchors());
      if (same && after.rules().equals(rules)) {
        return after;
      }
    } catch (SopsException.Malformed e) {
      throw new SopsException.Unsupported(
          ".sops.yaml cannot be edited in place: after it, " + e.getMessage(), paste);
    }
    throw new SopsException.Unsupported(
        ".sops.yaml cannot be edited in place: its layout is unusual", paste);
  }
}
