package nixbroker.sops;

import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which leaves are encrypted: rule options, checked and compiled. */
final class CryptRule {
  static final String DEFAULT_SUFFIX = "_unencrypted";

  private final Predicate<String> key;
  private final boolean whenMatching;
  private final boolean byComments;

  private CryptRule(Predicate<String> key, boolean whenMatching, boolean byComments) {
    this.key = key;
    this.whenMatching = whenMatching;
    this.byComments = byComments;
  }

  static CryptRule of(RuleOptions o) throws SopsException {
    long set =
        Stream.of(
                o.unencryptedSuffix(),
                o.encryptedSuffix(),
                o.unencryptedRegex(),
                o.encryptedRegex(),
                o.unencryptedCommentRegex(),
                o.encryptedCommentRegex())
            .filter(s -> !s.isEmpty())
            .count();
    if (set > 1) {
      throw new SopsException.Malformed(
          "more than one of the options that say what is encrypted is set");
    }
    if (!o.encryptedSuffix().isEmpty()) {
      return new CryptRule(k -> k.endsWith(o.encryptedSuffix()), true, false);
    }
    if (!o.unencryptedRegex().isEmpty()) {
      return new CryptRule(GoRegex.compile(o.unencryptedRegex())::find, false, false);
    }
    if (!o.encryptedRegex().isEmpty()) {
      return new CryptRule(GoRegex.compile(o.encryptedRegex())::find, true, false);
    }
    if (!o.unencryptedCommentRegex().isEmpty()) {
      return new CryptRule(GoRegex.compile(o.unencryptedCommentRegex())::find, false, true);
    }
    if (!o.encryptedCommentRegex().isEmpty()) {
      return new CryptRule(GoRegex.compile(o.encryptedCommentRegex())::find, true, true);
    }
    String suffix = o.unencryptedSuffix().isEmpty() ? DEFAULT_SUFFIX : o.unencryptedSuffix();
    return new CryptRule(k -> k.endsWith(suffix), false, false);
  }

  /** comments: those that are active for the leaf, outermost level first. */
  boolean encrypts(List<String> keys, Collection<List<String>> comments) {
    Stream<String> tested = byComments ? comments.stream().flatMap(List::stream) : keys.stream();
    return tested.anyMatch(key) == whenMatching;
  }

  /** The same for a comment, itself the last of the active ones. */
  boolean encryptsComment(List<String> keys, List<List<String>> comments) {
    if (!byComments || !whenMatching) {
      return encrypts(keys, comments);
    }
    List<String> innermost = comments.getLast();
    return Stream.concat(
            comments.subList(0, comments.size() - 1).stream(),
            Stream.of(innermost.subList(0, innermost.size() - 1)))
        .flatMap(List::stream)
        .anyMatch(key);
  }
}
