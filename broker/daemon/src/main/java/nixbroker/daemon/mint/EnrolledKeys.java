package nixbroker.daemon.mint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nixbroker.age.PivP256Recipient;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * Reads identity.txt: for each hardware key the comments age-plugin-yubikey writes, then a line.
 */
final class EnrolledKeys {
  private static final Pattern SERIAL_AND_SLOT =
      Pattern.compile("#\\s*Serial: (\\d{1,10}), Slot: (\\d{1,2})\\s*");
  private static final Pattern RECIPIENT =
      Pattern.compile("#\\s*Recipient: (age1yubikey1\\S+)\\s*");
  private static final String IDENTITY = "AGE-PLUGIN-YUBIKEY-1";

  /** The plugin counts the retired slots from 1; the card knows them as 0x82 to 0x95. */
  private static final int BEFORE_FIRST_SLOT = 0x81;

  private EnrolledKeys() {}

  /** shown: the file's path for messages. Refused: MASTER_FILE_DAMAGED. */
  static List<Hardware.Enrolled> parse(String shown, String text) {
    List<Hardware.Enrolled> keys = new ArrayList<>();
    long serial = 0;
    int slot = 0;
    String recipient = "";
    for (String line : text.lines().toList()) {
      Matcher place = SERIAL_AND_SLOT.matcher(line);
      Matcher whom = RECIPIENT.matcher(line);
      if (place.matches()) {
        serial = Long.parseLong(place.group(1));
        slot = BEFORE_FIRST_SLOT + Integer.parseInt(place.group(2));
      } else if (whom.matches()) {
        recipient = whom.group(1);
      } else if (line.startsWith(IDENTITY)) {
        if (recipient.isEmpty() || slot == 0) {
          throw damaged(shown);
        }
        keys.add(
            new Hardware.Enrolled(
                new HardwareKey("YubiKey", serial, slot, false),
                new PivP256Recipient(recipient),
                line.strip()));
        recipient = "";
        slot = 0;
      }
    }
    if (keys.isEmpty()) {
      throw damaged(shown);
    }
    return keys;
  }

  private static Refusal damaged(String shown) {
    return new Refusal.Declined(
        Reason.MASTER_FILE_DAMAGED,
        shown + " names no hardware key",
        "restore it from git: git log -- " + shown);
  }
}
