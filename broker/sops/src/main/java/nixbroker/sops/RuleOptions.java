package nixbroker.sops;

/**
 * What a creation rule says about which values are encrypted; empty text: not set. At most one of
 * the six is set.
 */
public record RuleOptions(
    String unencryptedSuffix,
    String encryptedSuffix,
    String unencryptedRegex,
    String encryptedRegex,
    String unencryptedCommentRegex,
    String encryptedCommentRegex,
    boolean macOnlyEncrypted) {
  public static final RuleOptions NONE = new RuleOptions("", "", "", "", "", "", false);

  /** Whether a value at this path (keys, outermost first) is encrypted. */
  public boolean encrypts(java.util.List<String> path) {
    throw new UnsupportedOperationException();
  }
}
