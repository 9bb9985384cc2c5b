package nixbroker.sops;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nixbroker.age.Identity;
import nixbroker.sops.Metadata.AgeEntry;
import nixbroker.sops.Node.Branch;

/** One encrypted YAML file, immutable: its exact bytes and what they say. */
public final class SopsFile {
  /** The version whose files ours are like. */
  private static final String VERSION = "3.13.2";

  private final byte[] bytes;
  private final List<Branch> documents;
  private final Metadata metadata;

  private SopsFile(byte[] bytes) throws SopsException {
    this.bytes = bytes;
    YamlStore.Content content = YamlStore.read(bytes);
    this.documents = content.documents();
    this.metadata = Metadata.of(content.metadata());
  }

  /**
   * Reads UTF-8 text.
   *
   * @throws SopsException.NotEncrypted no sops block
   * @throws SopsException.Malformed not YAML, or a sops block that lacks what every one has
   * @throws SopsException.Unsupported YAML that sops never writes (aliases, binary data)
   */
  public static SopsFile parse(byte[] text) throws SopsException {
    return new SopsFile(text.clone());
  }

  /**
   * True when the text has a top-level sops block, well-formed or not (cheap; no values are read).
   */
  public static boolean looksEncrypted(byte[] text) {
    return YamlStore.looksEncrypted(text);
  }

  /** A copy of the exact bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Texts of the age recipients, in file order. */
  public List<String> ageRecipients() {
    return metadata.age().stream().map(AgeEntry::recipient).toList();
  }

  /** Kinds other than age present: pgp, kms, … */
  public List<String> otherKinds() {
    return metadata.otherKinds();
  }

  /**
   * Opens the data key with an identity; when the identity's recipient text is known (not null, not
   * empty) only its entries are tried.
   *
   * @throws SopsException.NoMatchingKey no entry is for this identity
   * @throws SopsException.Malformed an entry is for it, but is no age file with a data key
   * @throws SopsException.Unsupported the data key is split among key groups
   */
  public DataKey open(Identity with, String recipientOfIdentity) throws SopsException {
    if (metadata.groups() > 1) {
      throw new SopsException.Unsupported(
          "the data key is split among " + metadata.groups() + " key groups", "sops edit FILE");
    }
    boolean known = recipientOfIdentity != null && !recipientOfIdentity.isEmpty();
    List<AgeEntry> entries = new ArrayList<>(metadata.age());
    entries.removeIf(entry -> known && !entry.recipient().equals(recipientOfIdentity));
    return WrappedKeys.open(entries, with);
  }

  /**
   * Checks that every value opens in its place, that what the file's rule wants encrypted is, and
   * the MAC.
   *
   * @throws SopsException.Tampered one of these does not hold
   * @throws SopsException.Malformed the version of the file is none; stock sops would not open it
   */
  public void verify(DataKey key) throws SopsException {
    opened(key).close();
  }

  private Opener opened(DataKey key) throws SopsException {
    if (!metadata.versionKnown()) {
      throw new SopsException.Malformed("the sops block has no version that sops can compare");
    }
    Opener opener = new Opener(documents, metadata.options(), key);
    boolean fine = false;
    try {
      byte[] computed = opener.openAll();
      Opener.check(metadata, computed, key);
      Arrays.fill(computed, (byte) 0);
      fine = true;
      return opener;
    } finally {
      if (!fine) {
        opener.close();
      }
    }
  }

  /**
   * All string leaves as path ("a/b", positions in lists from 0) to UTF-8 bytes, MAC checked as in
   * {@link #verify}; the caller wipes the arrays.
   */
  public Map<String, byte[]> values(DataKey key) throws SopsException {
    try (Opener opener = opened(key)) {
      return opener.release();
    }
  }

  /** Paths of the leaves ("a/b", positions in lists from 0), without a key. */
  public List<String> paths() {
    List<String> paths = new ArrayList<>();
    documents.forEach(document -> document.paths("", paths));
    return paths;
  }

  /**
   * The same file with one stanza more for each recipient that it has not yet; nothing but the sops
   * block's text changes, and there stanzas are only added behind the last.
   *
   * @param added age1… or age1yubikey1…
   * @throws SopsException.Tampered the MAC does not open: this is not the file's data key
   * @throws SopsException.Unsupported key groups, several documents, no age entry to stand behind,
   *     or a recipient that this version cannot encrypt to
   */
  public SopsFile withRecipients(DataKey key, List<String> added) throws SopsException {
    Set<String> missing = new LinkedHashSet<>(added);
    missing.removeAll(ageRecipients());
    if (missing.isEmpty()) {
      return this;
    }
    requirePlain();
    if (EncValue.parse(metadata.mac())
        .flatMap(m -> m.open(key, metadata.lastModified()))
        .isEmpty()) {
      throw new SopsException.Tampered("the MAC does not open with this data key");
    }
    List<AgeEntry> stanzas = WrappedKeys.wrap(key, missing);
    SopsFile after = new SopsFile(YamlStanzas.add(bytes, stanzas));
    List<AgeEntry> expected = new ArrayList<>(metadata.age());
    expected.addAll(stanzas);
    if (!after.documents.equals(documents) || !after.metadata.equals(metadata.withAge(expected))) {
      throw new SopsException.Unsupported(
          "the sops block has a layout that cannot be added to in place", "sops updatekeys FILE");
    }
    return after;
  }

  private void requirePlain() throws SopsException {
    if (!metadata.plainGroup()) {
      throw new SopsException.Unsupported(
          "the file has key_groups or shamir_threshold", "sops updatekeys FILE");
    }
    if (documents.size() > 1) {
      throw new SopsException.Unsupported(
          "the file holds " + documents.size() + " YAML documents", "sops updatekeys FILE");
    }
  }

  /**
   * The same file with string values added at the end of their maps, under the same data key; the
   * MAC and the time of the last change are new, everything else in the text stays.
   *
   * @param added path ("a" or "a/b") to UTF-8 bytes, which stay the caller's
   * @throws SopsException.Tampered the file is not what {@link #verify} wants
   * @throws SopsException.Unsupported a value that is there already, that the file's rule would
   *     leave clear, or a layout that cannot be added to in place
   */
  public SopsFile withValues(DataKey key, Map<String, byte[]> added, Instant now)
      throws SopsException {
    verify(key);
    requirePlain();
    YamlValues values = new YamlValues(bytes);
    SopsFile longer =
        new SopsFile(values.insert(NewValues.encrypt(added, metadata.options(), key)));
    String time = time(now);
    byte[] text = YamlValues.seal(longer.bytes, time, longer.mac(key, time));
    SopsFile after = new SopsFile(text);
    after.requireAdded(this, key, added);
    return after;
  }

  private String mac(DataKey key, String time) throws SopsException {
    try (Opener opener = new Opener(documents, metadata.options(), key)) {
      byte[] computed = opener.openAll();
      String sealed = EncValue.sealText(key, computed, time);
      Arrays.fill(computed, (byte) 0);
      return sealed;
    }
  }

  private void requireAdded(SopsFile before, DataKey key, Map<String, byte[]> added)
      throws SopsException {
    Set<String> expected = new LinkedHashSet<>(before.paths());
    expected.addAll(added.keySet());
    verify(key);
    if (!Set.copyOf(paths()).equals(expected) || !metadata.age().equals(before.metadata.age())) {
      throw new SopsException.Unsupported(
          "the file has a layout that cannot be added to in place", "sops edit FILE");
    }
  }

  /**
   * A new file, laid out as stock sops does it.
   *
   * @param values path ("a" or "a/b") to UTF-8 bytes, which stay the caller's, in order
   * @param options say what is encrypted; none set: the default suffix is written into the file
   * @param recipients age1… or age1yubikey1…, at least one
   * @throws SopsException.Unsupported a value that the options would leave clear, a path of three
   *     levels, or a recipient that this version cannot encrypt to
   * @throws SopsException.Malformed options that contradict each other, or an invalid expression
   */
  public static SopsFile create(
      Map<String, byte[]> values,
      RuleOptions options,
      DataKey key,
      List<String> recipients,
      Instant now)
      throws SopsException {
    if (recipients.isEmpty()) {
      throw new SopsException.Unsupported("a file without a recipient could never be opened", "");
    }
    Branch tree = NewValues.tree(NewValues.encrypt(values, options, key));
    RuleOptions written = options.written();
    String time = time(now);
    List<AgeEntry> age = WrappedKeys.wrap(key, new LinkedHashSet<>(recipients));
    Metadata metadata = new Metadata(age, List.of(), 1, true, time, "", VERSION, written);
    try (Opener opener = new Opener(List.of(tree), written, key)) {
      byte[] computed = opener.openAll();
      metadata = metadata.withMac(EncValue.sealText(key, computed, time));
      Arrays.fill(computed, (byte) 0);
    }
    SopsFile file = new SopsFile(YamlStore.write(tree, metadata));
    file.verify(key);
    return file;
  }

  private static String time(Instant now) {
    return GoScalar.rfc3339(now.atOffset(ZoneOffset.UTC), false);
  }
}
