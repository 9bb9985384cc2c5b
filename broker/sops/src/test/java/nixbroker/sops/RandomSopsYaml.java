package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A .sops.yaml of the flat dialect, spelt at random. */
final class RandomSopsYaml {
  private final Random random;
  private final StringBuilder out = new StringBuilder();
  private final List<String> anchors = new ArrayList<>();
  private final String lineEnd;
  private final int step;
  private final String dash;

  RandomSopsYaml(Random random) {
    this.random = random;
    this.lineEnd = random.nextInt(4) == 0 ? "\r\n" : "\n";
    this.step = random.nextInt(5);
    this.dash = random.nextBoolean() ? "- " : "-   ";
  }

  String text() {
    noise("");
    if (random.nextInt(8) > 0) {
      keys();
    }
    noise("");
    if (random.nextInt(8) > 0) {
      rules();
    }
    noise("");
    if (random.nextInt(4) == 0) {
      line("stores:");
      line("  yaml: {indent: 2} # not ours");
    }
    String text = out.toString();
    return random.nextInt(4) == 0 ? text.stripTrailing() : text;
  }

  private void keys() {
    int count = random.nextInt(5);
    if (count == 0) {
      line(random.nextBoolean() ? "keys:" : "keys: []" + comment());
      return;
    }
    boolean flow = random.nextInt(4) == 0;
    List<String> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = List.of("admin", "host_ganon", "host_ganon2", "user-x", "Z_1").get(i);
      items.add("&" + name + " " + quoted("age1" + name));
      anchors.add(name);
    }
    list("keys:", "", items, flow);
  }

  private void rules() {
    int count = random.nextInt(4);
    if (count == 0) {
      line("creation_rules:" + comment());
      return;
    }
    line("creation_rules:" + comment());
    String indent = " ".repeat(step);
    boolean apart = random.nextBoolean();
    for (int i = 0; i < count; i++) {
      if (i > 0 && apart) {
        line("");
      }
      noise(indent);
      rule(indent, i);
    }
  }

  private void rule(String indent, int index) {
    String keys = indent + " ".repeat(dash.length());
    line(indent + dash + "path_regex: " + quoted("^rule" + index + "/.*[.]yaml$") + comment());
    if (random.nextInt(3) == 0) {
      line(keys + "encrypted_regex: ^(data|stringData)$");
    }
    List<String> items = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      boolean alias = !anchors.isEmpty() && random.nextBoolean();
      items.add(alias ? "*" + anchors.get(random.nextInt(anchors.size())) : quoted("age1own" + i));
    }
    boolean flow = random.nextBoolean();
    if (random.nextBoolean()) {
      list("age:", keys, items, flow);
      return;
    }
    line(keys + "key_groups:" + comment());
    String group = keys + " ".repeat(step);
    boolean pgp = random.nextInt(4) == 0;
    if (pgp) {
      line(group + dash + "pgp: [FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4]");
    }
    String below = group + " ".repeat(dash.length());
    list(pgp ? below + "age:" : group + dash + "age:", below, items, flow);
  }

  /** head may hold its own indentation. */
  private void list(String head, String indent, List<String> items, boolean flow) {
    String key = head.startsWith(" ") || head.startsWith("-") ? head : indent + head;
    if (!flow) {
      line(key + comment());
      for (String item : items) {
        line(indent + " ".repeat(step) + dash + item + comment());
      }
    } else if (random.nextBoolean()) {
      line(key + " [" + String.join(", ", items) + "]" + comment());
    } else {
      line(key + " [");
      for (int i = 0; i < items.size(); i++) {
        boolean comma = i + 1 < items.size() || random.nextBoolean();
        line(indent + "      " + items.get(i) + (comma ? "," : "") + comment());
      }
      line(indent + "   ]");
    }
  }

  private String quoted(String text) {
    return switch (random.nextInt(4)) {
      case 0 -> "'" + text + "'";
      case 1 -> "\"" + text + "\"";
      default -> text;
    };
  }

  private String comment() {
    return random.nextInt(4) == 0 ? " # päge, [x]: &y *z" : "";
  }

  private void noise(String indent) {
    for (int i = random.nextInt(3); i > 0; i--) {
      line(random.nextBoolean() ? "" : indent + "# - &admin old, *gone");
    }
  }

  private void line(String text) {
    out.append(text).append(lineEnd);
  }
}
