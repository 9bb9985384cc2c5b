package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** "edit: …" lines, then a .sops.yaml before, then after them. */
record Fixture(String name, List<String> edits, String before, String after) {
  static Fixture read(String name) {
    String text = Vectors.text("config/" + name + ".txt");
    String[] parts = text.split("(?m)^--- (?:before|after)\n", -1);
    List<String> edits = new ArrayList<>();
    parts[0].lines().forEach(line -> edits.add(line.substring("edit: ".length())));
    return new Fixture(name, edits, parts[1], parts.length > 2 ? parts[2] : "");
  }

  static byte[] apply(byte[] file, List<String> edits) throws SopsException {
    SopsConfig config = SopsConfig.parse(file);
    for (String edit : edits) {
      config = apply(config, edit);
    }
    return config.bytes();
  }

  static SopsConfig apply(SopsConfig config, String edit) throws SopsException {
    String[] words = edit.split(" ");
    return switch (words[0]) {
      case "anchor" -> config.withAnchor(words[1], words[2]);
      case "recipient" -> config.withRecipient(Integer.parseInt(words[1]), words[2]);
      case "rule" ->
          config.withRule(
              Integer.parseInt(words[1]),
              words[2],
              Arrays.asList(words).subList(3, words.length),
              RuleOptions.NONE);
      default -> throw new IllegalArgumentException(edit);
    };
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return name;
  }
}
