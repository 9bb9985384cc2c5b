package nixbroker.sops;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import nixbroker.sops.Node.Branch;
import nixbroker.sops.Node.Entry;
import nixbroker.sops.Node.Leaf;
import nixbroker.sops.Node.Sequence;

/**
 * The sops block of a file.
 *
 * @param groups key groups; more than one: the data key is split among them
 * @param plainGroup one group, not written as key_groups and without shamir_threshold
 * @param lastModified as the MAC is bound to it: RFC 3339, no fraction
 * @param mac ENC[…], or empty when there is none
 */
record Metadata(
    List<AgeEntry> age,
    List<String> otherKinds,
    int groups,
    boolean plainGroup,
    String lastModified,
    String mac,
    String version,
    RuleOptions options) {

  /** enc: the data key, or a share of it, as an armored age file. */
  record AgeEntry(String recipient, String enc) {}

  private static final List<String> OTHER_KINDS =
      List.of("kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp");
  private static final Pattern RFC3339 =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[-+]\\d\\d:\\d\\d)");
  private static final Pattern VERSION = Pattern.compile("v?(?:1\\..*|\\d+\\.\\d+\\.\\d+.*)");

  static Metadata of(Branch sops) throws SopsException {
    Map<String, Node> fields = fields(sops);
    List<Branch> groups = List.of(sops);
    boolean written = hasKeys(fields);
    if (!written) {
      groups = branches(fields.get("key_groups"));
    }
    List<AgeEntry> age = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Branch group : groups) {
      Map<String, Node> kinds = fields(group);
      for (Branch entry : branches(kinds.get("age"))) {
        Map<String, Node> each = fields(entry);
        age.add(new AgeEntry(required(each, "recipient"), required(each, "enc")));
      }
      OTHER_KINDS.stream()
          .filter(kind -> !others.contains(kind) && notEmpty(kinds.get(kind)))
          .forEach(others::add);
    }
    if (age.isEmpty() && others.isEmpty()) {
      throw new SopsException.Malformed("the sops block names no recipient");
    }
    return new Metadata(
        List.copyOf(age),
        List.copyOf(others),
        groups.size(),
        written && text(fields, "shamir_threshold").matches("0*"),
        lastModified(required(fields, "lastmodified")),
        text(fields, "mac"),
        text(fields, "version"),
        options(fields));
  }

  /** Stock sops refuses to decrypt a file whose version it cannot compare. */
  boolean versionKnown() {
    return VERSION.matcher(version).matches();
  }

  Metadata withAge(List<AgeEntry> other) {
    return new Metadata(other, otherKinds, groups, plainGroup, lastModified, mac, version, options);
  }

  Metadata withMac(String other) {
    return new Metadata(age, otherKinds, groups, plainGroup, lastModified, other, version, options);
  }

  /** Field names match without regard to case. */
  private static Map<String, Node> fields(Branch branch) {
    Map<String, Node> fields = new HashMap<>();
    for (Entry entry : branch.entries()) {
      fields.put(entry.key().toLowerCase(Locale.ROOT), entry.value());
    }
    return fields;
  }

  private static boolean hasKeys(Map<String, Node> fields) {
    return notEmpty(fields.get("age"))
        || OTHER_KINDS.stream().anyMatch(kind -> notEmpty(fields.get(kind)));
  }

  private static boolean notEmpty(Node node) {
    return node instanceof Sequence s && s.items().stream().anyMatch(Branch.class::isInstance);
  }

  private static List<Branch> branches(Node node) {
    return node instanceof Sequence s
        ? s.items().stream().filter(Branch.class::isInstance).map(Branch.class::cast).toList()
        : List.of();
  }

  private static String text(Map<String, Node> fields, String name) {
    return fields.get(name) instanceof Leaf leaf ? leaf.text() : "";
  }

  private static String required(Map<String, Node> fields, String name) throws SopsException {
    String text = text(fields, name);
    if (text.isEmpty()) {
      throw new SopsException.Malformed("the sops block lacks " + name);
    }
    return text;
  }

  private static String lastModified(String text) throws SopsException {
    try {
      if (RFC3339.matcher(text).matches()) {
        return GoScalar.rfc3339(OffsetDateTime.parse(text), false);
      }
    } catch (DateTimeException e) {
      throw new SopsException.Malformed("lastmodified is no time: " + e.getMessage());
    }
    throw new SopsException.Malformed("lastmodified is no time of RFC 3339");
  }

  private static RuleOptions options(Map<String, Node> fields) throws SopsException {
    RuleOptions options =
        new RuleOptions(
            text(fields, "unencrypted_suffix"),
            text(fields, "encrypted_suffix"),
            text(fields, "unencrypted_regex"),
            text(fields, "encrypted_regex"),
            text(fields, "unencrypted_comment_regex"),
            text(fields, "encrypted_comment_regex"),
            List.of("true", "1")
                .contains(text(fields, "mac_only_encrypted").toLowerCase(Locale.ROOT)));
    CryptRule.of(options);
    return options;
  }
}
