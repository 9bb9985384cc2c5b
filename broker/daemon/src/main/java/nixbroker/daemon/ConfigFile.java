package nixbroker.daemon;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The configuration file as a tree of checked keys, each of which knows its line. */
final class ConfigFile {
  private static final int LONGEST = 1 << 20;

  private final Path path;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final Config config;

  private ConfigFile(Path path, String text) {
    this.path = path;
    compose(text).ifPresent(root -> read("", root));
    this.config =
        Config.builder(ConfigSources.create(values))
            .disableEnvironmentVariablesSource()
            .disableSystemPropertiesSource()
            // A path may hold a dollar sign.
            .disableKeyResolving()
            .disableValueResolving()
            .disableFilterServices()
            .disableMapperServices()
            .disableParserServices()
            .build();
  }

  /** Reads a file. */
  static ConfigFile read(Path path) {
    try {
      if (Files.size(path) > LONGEST) {
        throw new StartFailure(StartFailure.USAGE, path + " is over 1 MiB long", "");
      }
      return parse(path, Files.readString(path, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.USAGE,
          path + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "ls -l " + path);
    }
  }

  /** Reads a text; path is for messages. */
  static ConfigFile parse(Path path, String text) {
    return new ConfigFile(path, text);
  }

  private Optional<Node> compose(String text) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(path.toString()).build();
      return new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new StartFailure(StartFailure.USAGE, path + ":" + line + ": " + e.getProblem(), "");
    } catch (YamlEngineException e) {
      throw new StartFailure(StartFailure.USAGE, path + " is not YAML", "");
    }
  }

  private void read(String key, Node node) {
    switch (node) {
      case MappingNode map when key.isEmpty() || ConfigKey.isSection(key) ->
          map.getValue().forEach(entry -> readEntry(key, entry));
      case SequenceNode list when ConfigKey.of(key).equals(Optional.of(ConfigKey.MINT_SHARED)) -> {
        lines.put(key, line(node));
        List<Node> parts = list.getValue();
        for (int i = 0; i < parts.size(); i++) {
          read(key + '.' + i, parts.get(i));
        }
        if (parts.isEmpty()) {
          values.put(key, "");
        }
      }
      case ScalarNode nothing when isSectionWithout(key, nothing) -> {}
      case ScalarNode scalar
          when ConfigKey.of(key).isPresent() && !scalar.getTag().equals(Tag.NULL) ->
          values.put(key, scalar.getValue());
      default -> throw wrong(key, line(node), "");
    }
  }

  /** {@code seal:} with nothing under it says nothing. */
  private static boolean isSectionWithout(String key, ScalarNode value) {
    return value.getTag().equals(Tag.NULL) && (key.isEmpty() || ConfigKey.isSection(key));
  }

  private void readEntry(String section, NodeTuple entry) {
    int line = line(entry.getKeyNode());
    String name = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
    String key = section.isEmpty() ? name : section + '.' + name;
    boolean known =
        !name.contains(".") && (ConfigKey.of(key).isPresent() || ConfigKey.isSection(key));
    if (!known) {
      throw new StartFailure(
          StartFailure.USAGE,
          path + ":" + line + ": unknown key '" + key + "'",
          "did you mean '" + ConfigKey.nearest(key) + "'?");
    }
    if (lines.putIfAbsent(key, line) != null) {
      throw new StartFailure(
          StartFailure.USAGE, path + ":" + line + ": '" + key + "' is there twice", "");
    }
    read(key, entry.getValueNode());
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /** The file's keys as Helidon's tree. */
  Config config() {
    return config;
  }

  /** The names in a section as the file orders them, which Helidon's tree does not keep. */
  List<String> names(String section) {
    String prefix = section + '.';
    return values.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .map(key -> key.substring(prefix.length()))
        .toList();
  }

  Path path() {
    return path;
  }

  /** A value of the wrong kind: names the key, what it should be, and an example. */
  StartFailure wrong(String key, String found) {
    return wrong(key, lines.getOrDefault(key, 1), found);
  }

  private StartFailure wrong(String key, int line, String found) {
    String kind = ConfigKey.of(key).map(ConfigKey::kind).orElse("a section with keys");
    String what = found.isEmpty() ? "" : ", not '" + found + "'";
    return new StartFailure(
        StartFailure.USAGE,
        path + ":" + line + ": '" + key + "' must be " + kind + what,
        ConfigKey.of(key)
            .map(k -> "for example " + key + ": " + k.example())
            .orElse("nbrokerd --example shows every key"));
  }
}
