package nixbroker.sops;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A .sops.yaml of the flat dialect: anchors under keys, creation rules; immutable, edits give a new
 * one with all else byte for byte.
 */
public final class SopsConfig {
  private SopsConfig() {}

  public static SopsConfig parse(byte[] text) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /** The .sops.yaml that a tree without one starts from. */
  public static SopsConfig empty() {
    throw new UnsupportedOperationException();
  }

  public byte[] bytes() {
    throw new UnsupportedOperationException();
  }

  /** Anchor name (without &) to recipient text, in order. */
  public Map<String, String> anchors() {
    throw new UnsupportedOperationException();
  }

  public List<Rule> rules() {
    throw new UnsupportedOperationException();
  }

  /** The first rule that matches a path relative to the folder of .sops.yaml. */
  public Optional<Rule> winner(String path) {
    throw new UnsupportedOperationException();
  }

  /**
   * One creation rule. index: position from 0. recipients: resolved texts, in order. names: anchor
   * names where aliased, else the text itself.
   */
  public record Rule(
      int index,
      String pathRegex,
      List<String> recipients,
      List<String> names,
      RuleOptions options,
      boolean otherKinds) {
    public boolean matches(String path) {
      throw new UnsupportedOperationException();
    }
  }

  /** Adds "- &name recipient" at the end of keys. */
  public SopsConfig withAnchor(String name, String recipient) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /** Adds an alias (or the recipient text where there is no such anchor) to the rule at index. */
  public SopsConfig withRecipient(int rule, String name) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /**
   * Adds a rule before the rule at index (index = number of rules: at the end); names are anchors
   * or recipient texts.
   */
  public SopsConfig withRule(int before, String pathRegex, List<String> names, RuleOptions options)
      throws SopsException {
    throw new UnsupportedOperationException();
  }
}
