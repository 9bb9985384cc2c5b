package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.Identity;
import nixbroker.age.Recipient;
import nixbroker.sops.Metadata.AgeEntry;

/** The data key inside armored age files, one for each recipient. */
final class WrappedKeys {
  private WrappedKeys() {}

  /** The data key from the first entry that is for this identity. */
  static DataKey open(List<AgeEntry> entries, Identity with) throws SopsException {
    String broken = "";
    for (AgeEntry entry : entries) {
      try {
        return open(entry, with);
      } catch (AgeException.NoMatch e) {
        continue;
      } catch (AgeException e) {
        broken = entry.recipient();
      }
    }
    if (!broken.isEmpty()) {
      throw new SopsException.Malformed("the entry of " + broken + " holds no data key");
    }
    throw new SopsException.NoMatchingKey("the file is not encrypted to this identity");
  }

  private static DataKey open(AgeEntry entry, Identity with) throws AgeException, SopsException {
    byte[] key = AgeFile.decrypt(entry.enc().getBytes(StandardCharsets.UTF_8), with);
    try {
      if (key.length != DataKey.LENGTH) {
        throw new SopsException.Malformed(
            "the entry of " + entry.recipient() + " holds no data key");
      }
      return DataKey.of(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  static List<AgeEntry> wrap(DataKey key, Iterable<String> recipients) throws SopsException {
    List<AgeEntry> wrapped = new ArrayList<>();
    byte[] plain = key.copy();
    try {
      for (String recipient : recipients) {
        byte[] file = AgeFile.encrypt(plain, List.of(Recipient.parse(recipient)));
        String armored = new String(AgeFile.armor(file), StandardCharsets.US_ASCII);
        wrapped.add(new AgeEntry(recipient, armored.endsWith("\n") ? armored : armored + "\n"));
      }
      return wrapped;
    } catch (AgeException e) {
      throw new SopsException.Unsupported(
          "a recipient is none that can be encrypted to: " + e.getMessage(), "");
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }
}
