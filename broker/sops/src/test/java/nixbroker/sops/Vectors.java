package nixbroker.sops;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files under src/test/resources. */
final class Vectors {
  private Vectors() {}

  static byte[] bytes(String path) {
    try (InputStream in = Vectors.class.getResourceAsStream("/" + path)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String path) {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** JSON is YAML. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> table(String path) {
    return (List<Map<String, Object>>)
        new Load(LoadSettings.builder().build()).loadFromString(text(path));
  }

  static DataKey key(String hex) {
    return DataKey.of(HexFormat.of().parseHex(hex));
  }
}
