package nixbroker.sops;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds values at the ends of the maps of a YAML file, and puts in a new MAC. */
final class YamlValues {
  private static final String BY_HAND = "sops edit FILE";
  private final Lines lines;
  private final YamlNode.Map root;
  private final String lineEnd;

  YamlValues(byte[] file) throws SopsException {
    this.lines = new Lines(Lines.decode(file));
    this.lineEnd = lines.lineEnd();
    List<YamlNode> roots = YamlReader.documents(lines.text());
    if (roots.size() == 1 && roots.getFirst() instanceof YamlNode.Map map && !map.flow()) {
      this.root = map;
    } else {
      throw new SopsException.Unsupported("the file is not one map in block style", BY_HAND);
    }
  }

  /** encrypted: one or two keys to what stands there. */
  byte[] insert(Map<List<String>, String> encrypted) throws SopsException {
    Map<String, StringBuilder> tops = new LinkedHashMap<>();
    for (var value : encrypted.entrySet()) {
      String top = value.getKey().getFirst();
      requireFree(value.getKey());
      StringBuilder block = tops.get(top);
      if (block == null) {
        block = new StringBuilder();
        tops.put(top, block);
        if (value.getKey().size() == 2 && root.get(top) == null) {
          block.append(YamlStore.key(top)).append(':').append(lineEnd);
        }
      }
      block
          .append(" ".repeat(value.getKey().size() == 2 ? indent(root.get(top)) : rootColumn()))
          .append(YamlStore.key(value.getKey().getLast()))
          .append(": ")
          .append(YamlScalar.of(value.getValue()))
          .append(lineEnd);
    }
    YamlEdit edit = new YamlEdit(lines.text());
    for (var top : tops.entrySet()) {
      place(edit, root.get(top.getKey()), top.getValue().toString());
    }
    return edit.bytes();
  }

  private void requireFree(List<String> keys) throws SopsException {
    YamlNode there = root.get(keys.getFirst());
    boolean room =
        there == null
            || keys.size() == 2
                && there instanceof YamlNode.Map map
                && !map.flow()
                && map.get(keys.getLast()) == null;
    if (!room) {
      throw new SopsException.Unsupported(
          "the file has no room for " + String.join("/", keys) + " (or has it already)", BY_HAND);
    }
  }

  private int rootColumn() {
    return lines.column(root.pairs().getFirst().key().start());
  }

  /** Where the keys of a map below the top stand; a new one stands as deep as the sops block. */
  private int indent(YamlNode there) {
    YamlNode.Map like =
        there instanceof YamlNode.Map map ? map : (YamlNode.Map) root.get(YamlStore.METADATA);
    return lines.column(like.pairs().getFirst().key().start());
  }

  /** Behind the last entry of the map, or before the sops block. */
  private void place(YamlEdit edit, YamlNode there, String block) {
    if (there == null) {
      YamlNode sops =
          root.pairs().stream()
              .map(YamlNode.Pair::key)
              .filter(
                  key -> key instanceof YamlNode.Scalar s && s.value().equals(YamlStore.METADATA))
              .findFirst()
              .orElseThrow();
      edit.insert(lines.start(lines.lineOf(sops.start())), block);
      return;
    }
    edit.insertAfter(lines, lines.lineOf(there.contentEnd() - 1), block, lineEnd);
  }

  /** The file with another time of last change and MAC. */
  static byte[] seal(byte[] file, String time, String mac) throws SopsException {
    YamlValues values = new YamlValues(file);
    if (values.root.get(YamlStore.METADATA) instanceof YamlNode.Map sops
        && sops.get("lastmodified") instanceof YamlNode.Scalar oldTime
        && !oldTime.block()
        && sops.get("mac") instanceof YamlNode.Scalar oldMac
        && !oldMac.block()) {
      YamlEdit edit = new YamlEdit(values.lines.text());
      edit.replace(oldTime.start(), oldTime.end(), '"' + time + '"');
      edit.replace(oldMac.start(), oldMac.end(), mac);
      return edit.bytes();
    }
    throw new SopsException.Unsupported("the sops block has an unusual layout", BY_HAND);
  }
}
