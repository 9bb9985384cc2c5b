package nixbroker.sops;

import java.util.List;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** YAML with positions: start and end are char offsets, an anchor or tag counts to the node. */
sealed interface YamlNode {
  int start();

  int end();

  /** Empty: none. */
  String anchor();

  /** An empty tag: none was written. */
  record Scalar(int start, int end, String anchor, String tag, String value, ScalarStyle style)
      implements YamlNode {
    boolean plain() {
      return style == ScalarStyle.PLAIN;
    }

    boolean block() {
      return style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
    }

    boolean empty() {
      return plain() && value.isEmpty();
    }
  }

  record Map(int start, int end, String anchor, boolean flow, List<Pair> pairs)
      implements YamlNode {
    /** The value of a plain text key, or null. */
    YamlNode get(String key) {
      for (Pair pair : pairs) {
        if (pair.key() instanceof Scalar s && s.value().equals(key)) {
          return pair.value();
        }
      }
      return null;
    }
  }

  record Pair(YamlNode key, YamlNode value) {}

  record Seq(int start, int end, String anchor, boolean flow, List<YamlNode> items)
      implements YamlNode {}

  record Alias(int start, int end, String name) implements YamlNode {
    @Override
    public String anchor() {
      return "";
    }
  }

  /** Where the text of the node really ends: behind its last scalar, bracket or alias. */
  default int contentEnd() {
    return switch (this) {
      case Scalar s -> s.end();
      case Alias a -> a.end();
      case Map m -> m.flow || m.pairs.isEmpty() ? m.end : m.pairs.getLast().value().contentEnd();
      case Seq s -> s.flow || s.items.isEmpty() ? s.end : s.items.getLast().contentEnd();
    };
  }
}
