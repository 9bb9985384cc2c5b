package nixbroker.daemon.policy;

import java.util.regex.Pattern;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * The name a secrets tree has in the configuration: 1 to 63 characters a-z, 0-9, '_' and '-', a
 * letter or digit first.
 */
public record TreeName(String text) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

  public TreeName {
    if (!NAME.matcher(text).matches()) {
      throw new Refusal.Usage(
          Reason.NAME_INVALID,
          "not a tree name: " + Names.shown(text),
          "1 to 63 characters a-z, 0-9, '_' and '-', a letter or digit first");
    }
  }

  /**
   * Checks a name from outside.
   *
   * @throws Refusal.Usage NAME_INVALID
   */
  public static TreeName parse(String text) {
    return new TreeName(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
