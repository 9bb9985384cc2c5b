package nixbroker.daemon.mint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nixbroker.age.AgeException;
import nixbroker.age.PivP256Recipient;
import nixbroker.age.PivP256Stub;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * The hardware keys in .nixbroker/identity.txt: the comment with the recipient and the identity
 * line of each.
 */
final class EnrolledKeys {
  private static final Pattern RECIPIENT =
      Pattern.compile("#\\s*Recipient: (age1yubikey1\\S+)\\s*");

  private EnrolledKeys() {}

  /** shown: the file's path for messages. Refused: MASTER_FILE_DAMAGED. */
  static List<Hardware.Enrolled> parse(String shown, String text) {
    List<Hardware.Enrolled> keys = new ArrayList<>();
    String recipient = "";
    for (String line : text.lines().toList()) {
      Matcher whom = RECIPIENT.matcher(line);
      if (whom.matches()) {
        recipient = whom.group(1);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        keys.add(enrolled(shown, recipient, line.strip()));
        recipient = "";
      }
    }
    if (keys.isEmpty()) {
      throw damaged(shown, "it names no hardware key");
    }
    return keys;
  }

  private static Hardware.Enrolled enrolled(String shown, String recipient, String identity) {
    try {
      PivP256Stub stub = PivP256Stub.parse(identity);
      PivP256Recipient to = PivP256Recipient.parse(recipient);
      if (!stub.isFor(to)) {
        throw damaged(shown, "a recipient and the identity after it are of different keys");
      }
      return new Hardware.Enrolled(
          new HardwareKey("YubiKey", stub.serial(), stub.slot(), false), to, identity);
    } catch (AgeException e) {
      throw damaged(shown, e.getMessage());
    }
  }

  private static Refusal damaged(String shown, String why) {
    return new Refusal.Declined(
        Reason.MASTER_FILE_DAMAGED,
        shown + " is damaged: " + why,
        "restore it from git: git log -- " + shown);
  }
}
