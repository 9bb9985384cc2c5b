package nixbroker.daemon.policy;

import java.util.regex.Pattern;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * A target machine's name: one DNS label, 1 to 63 characters a-z, 0-9 and '-', a letter or digit at
 * both ends.
 */
public record HostName(String text) {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public HostName {
    if (!LABEL.matcher(text).matches()) {
      throw new Refusal.Usage(
          Reason.NAME_INVALID,
          "not a host name: " + Names.shown(text),
          "1 to 63 characters a-z, 0-9 and '-', a letter or digit first and last");
    }
  }

  /**
   * Checks a name from outside.
   *
   * @throws Refusal.Usage NAME_INVALID
   */
  public static HostName parse(String text) {
    return new HostName(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
