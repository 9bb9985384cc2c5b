package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import nixbroker.sops.Node.Branch;
import nixbroker.sops.Node.Entry;
import nixbroker.sops.Node.Member;

/** How a YAML file holds values and metadata. */
final class YamlStore {
  static final String METADATA = "sops";

  /** Longer ones are written on a line of their own by sops. */
  private static final int MAX_KEY = 128;

  private static final Pattern METADATA_KEY = Pattern.compile("(?:sops|'sops'|\"sops\")\\s*:.*");
  private static final Pattern FLOW_KEY = Pattern.compile("[{,]\\s*(?:sops|'sops'|\"sops\")\\s*:");

  /** documents: without the sops blocks; metadata: the first document's block. */
  record Content(List<Branch> documents, Branch metadata) {}

  private YamlStore() {}

  static Content read(byte[] bytes) throws SopsException {
    Lines lines = new Lines(Lines.decode(bytes));
    List<Branch> documents = YamlTree.of(lines, YamlReader.documents(lines.text()));
    if (documents.isEmpty()) {
      throw new SopsException.NotEncrypted("the file is empty");
    }
    Branch metadata =
        documents.getFirst().entries().stream()
            .filter(entry -> entry.key().equals(METADATA))
            .map(Entry::value)
            .findFirst()
            .map(block -> block instanceof Branch branch ? branch : new Branch(List.of()))
            .orElseThrow(() -> new SopsException.NotEncrypted("the file has no sops block"));
    if (metadata.entries().isEmpty()) {
      throw new SopsException.Malformed("the sops block is no map");
    }
    return new Content(documents.stream().map(YamlStore::withoutMetadata).toList(), metadata);
  }

  private static Branch withoutMetadata(Branch document) {
    List<Member> kept = new ArrayList<>(document.members());
    kept.removeIf(member -> member instanceof Entry entry && entry.key().equals(METADATA));
    return new Branch(kept);
  }

  /** Looks at line starts only: a file that is not YAML any more can still be recognised. */
  static boolean looksEncrypted(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Lines lines = new Lines(text.startsWith("\uFEFF") ? text.substring(1) : text);
    int indent = -1;
    for (int i = 0; i < lines.count(); i++) {
      String line = lines.line(i);
      if (line.isBlank() || lines.comment(i) || line.startsWith("---") || line.startsWith("%")) {
        continue;
      }
      indent = indent < 0 ? lines.indent(i) : indent;
      if (line.startsWith("{") && indent == 0) {
        return FLOW_KEY.matcher(text).find();
      }
      if (lines.indent(i) == indent && METADATA_KEY.matcher(line.substring(indent)).matches()) {
        return true;
      }
    }
    return false;
  }

  /** A new file as sops 3.13.2 lays it out; values: maps and texts only, ENC[…] or clear. */
  static byte[] write(Branch values, Metadata metadata) throws SopsException {
    StringBuilder out = new StringBuilder();
    branch(out, values, "");
    out.append("sops:\n    age:\n");
    for (Metadata.AgeEntry entry : metadata.age()) {
      out.append("        - enc: |\n");
      entry.enc().lines().forEach(line -> out.append(" ".repeat(12)).append(line).append('\n'));
      out.append("          recipient: ").append(YamlScalar.of(entry.recipient())).append('\n');
    }
    RuleOptions options = metadata.options();
    option(out, "encrypted_comment_regex", options.encryptedCommentRegex());
    option(out, "encrypted_regex", options.encryptedRegex());
    option(out, "encrypted_suffix", options.encryptedSuffix());
    out.append("    lastmodified: \"").append(metadata.lastModified()).append("\"\n");
    option(out, "mac", metadata.mac());
    out.append(options.macOnlyEncrypted() ? "    mac_only_encrypted: true\n" : "");
    option(out, "unencrypted_comment_regex", options.unencryptedCommentRegex());
    option(out, "unencrypted_regex", options.unencryptedRegex());
    option(out, "unencrypted_suffix", options.unencryptedSuffix());
    out.append("    version: ").append(metadata.version()).append('\n');
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void branch(StringBuilder out, Branch branch, String indent) throws SopsException {
    for (Entry entry : branch.entries()) {
      out.append(indent).append(key(entry.key())).append(':');
      if (entry.value() instanceof Branch below) {
        out.append('\n');
        branch(out, below, indent + "    ");
      } else if (entry.value() instanceof Node.Text(String text)) {
        out.append(' ').append(YamlScalar.of(text)).append('\n');
      } else {
        throw new IllegalArgumentException("a new file has maps and texts only");
      }
    }
  }

  /** A key that fits on a line. */
  static String key(String key) throws SopsException {
    if (key.length() > MAX_KEY) {
      throw new SopsException.Unsupported("a key is longer than " + MAX_KEY + " characters", "");
    }
    return YamlScalar.of(key);
  }

  private static void option(StringBuilder out, String name, String value) throws SopsException {
    if (!value.isEmpty()) {
      out.append("    ").append(name).append(": ").append(YamlScalar.of(value)).append('\n');
    }
  }
}
