package nixbroker.sops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nixbroker.sops.Node.Branch;
import nixbroker.sops.Node.Entry;
import nixbroker.sops.Node.Member;
import nixbroker.sops.Node.Text;

/** Values on their way into a file. */
final class NewValues {
  private NewValues() {}

  /** Path to ENC[…] (or the empty string), in order; refuses what the options would leave clear. */
  static Map<List<String>, String> encrypt(
      Map<String, byte[]> values, RuleOptions options, DataKey key) throws SopsException {
    Map<List<String>, String> encrypted = new LinkedHashMap<>();
    for (var value : values.entrySet()) {
      List<String> keys = List.of(value.getKey().split("/", -1));
      if (keys.size() > 2
          || keys.contains("")
          || keys.contains("<<")
          || keys.getFirst().equals(YamlStore.METADATA)) {
        throw new SopsException.Unsupported(
            "a value cannot be stored under the path " + value.getKey(), "");
      }
      if (!options.encrypts(keys)) {
        throw new SopsException.Unsupported(
            "the rule of the file would leave " + value.getKey() + " in clear", "");
      }
      encrypted.put(keys, EncValue.sealText(key, value.getValue(), Opener.aad(keys)));
    }
    return encrypted;
  }

  static Branch tree(Map<List<String>, String> encrypted) throws SopsException {
    Map<String, List<Member>> tops = new LinkedHashMap<>();
    Map<String, Text> texts = new LinkedHashMap<>();
    for (var value : encrypted.entrySet()) {
      List<String> keys = value.getKey();
      Text text = new Text(value.getValue());
      List<Member> below = tops.computeIfAbsent(keys.getFirst(), k -> new ArrayList<>());
      if (keys.size() == 1) {
        texts.put(keys.getFirst(), text);
      } else {
        below.add(new Entry(keys.getLast(), text));
      }
    }
    List<Member> members = new ArrayList<>();
    for (var top : tops.entrySet()) {
      Text own = texts.get(top.getKey());
      if (own != null && !top.getValue().isEmpty()) {
        throw new SopsException.Unsupported(top.getKey() + " is both a value and a map", "");
      }
      members.add(new Entry(top.getKey(), own != null ? own : new Branch(top.getValue())));
    }
    return new Branch(members);
  }
}
