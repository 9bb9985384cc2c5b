package nixbroker.daemon.policy;

import java.util.regex.Pattern;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * A person's account: 1 to 32 characters a-z, 0-9, '_' and '-', a letter or '_' first (useradd's
 * rule).
 */
public record UserName(String text) {
  private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

  public UserName {
    if (!ACCOUNT.matcher(text).matches()) {
      throw new Refusal.Usage(
          Reason.NAME_INVALID,
          "not a user name: " + Names.shown(text),
          "1 to 32 characters a-z, 0-9, '_' and '-', a letter or '_' first");
    }
  }

  /**
   * Checks a name from outside.
   *
   * @throws Refusal.Usage NAME_INVALID
   */
  public static UserName parse(String text) {
    return new UserName(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
