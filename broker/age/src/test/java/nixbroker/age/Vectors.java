package nixbroker.age;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files under src/test/resources/nixbroker/age. */
final class Vectors {
  private Vectors() {}

  static Path path(String name) {
    try {
      return Path.of(Vectors.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(path(name));
  }

  /** The flat objects of a JSON list: texts and numbers only. */
  static List<Map<String, String>> objects(String name) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    Matcher object = Pattern.compile("\\{([^{}]*)\\}").matcher(Files.readString(path(name)));
    while (object.find()) {
      Map<String, String> fields = new TreeMap<>();
      Matcher field =
          Pattern.compile("\"(\\w+)\":\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\d+))")
              .matcher(object.group(1));
      while (field.find()) {
        fields.put(field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
      }
      objects.add(fields);
    }
    return objects;
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
