package nixbroker.sops;

import java.util.List;
import java.util.Map;
import nixbroker.age.Identity;

/** One encrypted YAML file, immutable: its exact bytes and what they say. */
public final class SopsFile {
  private SopsFile() {}

  public static SopsFile parse(byte[] text) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /**
   * True when the text has a top-level sops block, well-formed or not (cheap; no values are read).
   */
  public static boolean looksEncrypted(byte[] text) {
    throw new UnsupportedOperationException();
  }

  /** The exact bytes. */
  public byte[] bytes() {
    throw new UnsupportedOperationException();
  }

  /** Texts of the age recipients, in file order. */
  public List<String> ageRecipients() {
    throw new UnsupportedOperationException();
  }

  /** Kinds other than age present: pgp, kms, … */
  public List<String> otherKinds() {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens the data key with an identity; when the identity's recipient text is known only its entry
   * is tried.
   */
  public DataKey open(Identity with, String recipientOfIdentity) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /** Checks every value and the MAC. */
  public void verify(DataKey key) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /** All string leaves as path ("a/b") to UTF-8 bytes, MAC checked; the caller wipes the arrays. */
  public Map<String, byte[]> values(DataKey key) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /** Paths of the leaves ("a/b"), without a key. */
  public List<String> paths() {
    throw new UnsupportedOperationException();
  }

  /**
   * The same file with one stanza more for each recipient; nothing but the sops block's text
   * changes.
   */
  public SopsFile withRecipients(DataKey key, List<String> added) throws SopsException {
    throw new UnsupportedOperationException();
  }

  /**
   * A new file. Values: path ("a/b", two levels at most) to UTF-8 bytes, in order; encrypted by the
   * rule's options.
   */
  public static SopsFile create(
      Map<String, byte[]> values,
      RuleOptions options,
      DataKey key,
      List<String> recipients,
      java.time.Instant now)
      throws SopsException {
    throw new UnsupportedOperationException();
  }
}
