package nixbroker.sops;

import java.util.List;

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

  /**
   * Whether a value at this path (keys, outermost first) is encrypted where no comment stands
   * before it. None of the six set: like {@code unencrypted_suffix: _unencrypted}.
   *
   * @throws SopsException.Malformed an invalid regular expression (stock sops takes it as matching
   *     nothing, and so may leave everything clear), or more than one option set
   */
  public boolean encrypts(List<String> path) throws SopsException {
    return CryptRule.of(this).encrypts(path, List.of());
  }

  /** As they stand in a file: sops writes the default suffix where none of the six is set. */
  RuleOptions written() {
    boolean none =
        (unencryptedSuffix
                + encryptedSuffix
                + unencryptedRegex
                + encryptedRegex
                + unencryptedCommentRegex
                + encryptedCommentRegex)
            .isEmpty();
    return none
        ? new RuleOptions(CryptRule.DEFAULT_SUFFIX, "", "", "", "", "", macOnlyEncrypted)
        : this;
  }
}
