package nixbroker.sops;

import java.util.List;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** Adds age entries behind the last one, laid out like it. */
final class YamlStanzas {
  private final Lines lines;
  private final YamlNode.Map last;
  private final String lineEnd;

  private YamlStanzas(Lines lines, YamlNode.Map last) {
    this.lines = lines;
    this.last = last;
    this.lineEnd = lines.lineEnd();
  }

  static byte[] add(byte[] file, List<Metadata.AgeEntry> added) throws SopsException {
    Lines lines = new Lines(Lines.decode(file));
    List<YamlNode> roots = YamlReader.documents(lines.text());
    if (roots.size() != 1) {
      throw new SopsException.Unsupported(
          "the file holds " + roots.size() + " YAML documents", "sops updatekeys FILE");
    }
    if (roots.getFirst() instanceof YamlNode.Map root
        && !root.flow()
        && root.get(YamlStore.METADATA) instanceof YamlNode.Map sops
        && !sops.flow()
        && sops.get("age") instanceof YamlNode.Seq age
        && !age.flow()
        && !age.items().isEmpty()
        && age.items().getLast() instanceof YamlNode.Map last
        && !last.flow()) {
      return new YamlStanzas(lines, last).insert(added);
    }
    throw new SopsException.Unsupported(
        "the sops block has no list of age entries in block style", "sops updatekeys FILE");
  }

  private byte[] insert(List<Metadata.AgeEntry> added) throws SopsException {
    StringBuilder what = new StringBuilder();
    for (Metadata.AgeEntry entry : added) {
      what.append(stanza(entry));
    }
    YamlEdit edit = new YamlEdit(lines.text());
    // A block scalar ends where the next line starts.
    int end = lines.lineOf(last.contentEnd() - 1);
    edit.insertAfter(lines, end, what.toString(), lineEnd);
    return edit.bytes();
  }

  private String stanza(Metadata.AgeEntry entry) throws SopsException {
    int keys = lines.column(last.pairs().getFirst().key().start());
    String line = lines.line(lines.lineOf(last.start()));
    int dash = line.lastIndexOf('-', keys);
    if (dash < 0
        || !line.substring(0, dash).isBlank()
        || !line.substring(dash + 1, keys).isBlank()) {
      throw new SopsException.Unsupported(
          "the age entries of the sops block have an unusual layout", "sops updatekeys FILE");
    }
    String first = line.substring(0, keys);
    String second = " ".repeat(keys);
    String recipient = "recipient: " + YamlScalar.of(entry.recipient()) + lineEnd;
    String enc = enc(entry.enc(), keys);
    boolean encFirst =
        last.pairs().getFirst().key() instanceof YamlNode.Scalar key && key.value().equals("enc");
    return encFirst ? first + enc + second + recipient : first + recipient + second + enc;
  }

  private String enc(String armored, int keys) {
    int column = keys + 2;
    if (last.get("enc") instanceof YamlNode.Scalar scalar
        && scalar.style() == ScalarStyle.LITERAL
        && lines.lineOf(scalar.start()) + 1 < lines.count()) {
      column = Math.max(keys + 1, lines.indent(lines.lineOf(scalar.start()) + 1));
    }
    StringBuilder out = new StringBuilder("enc: |").append(lineEnd);
    String indent = " ".repeat(column);
    armored.lines().forEach(each -> out.append(indent).append(each).append(lineEnd));
    return out.toString();
  }
}
