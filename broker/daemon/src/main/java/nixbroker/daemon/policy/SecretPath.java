package nixbroker.daemon.policy;

import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * A file of a secrets tree: its path relative to the top of the git work tree, parts joined by '/',
 * none of them empty, "." or "..".
 */
public record SecretPath(String text) implements Comparable<SecretPath> {
  public SecretPath {
    for (String part : text.split("/", -1)) {
      if (part.isEmpty()
          || part.equals(".")
          || part.equals("..")
          || part.equals(".git")
          || part.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
        throw new Refusal.Declined(
            Reason.PATH_UNSAFE, "not a path inside the tree: " + Names.shown(text), "");
      }
    }
  }

  @Override
  public int compareTo(SecretPath other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
