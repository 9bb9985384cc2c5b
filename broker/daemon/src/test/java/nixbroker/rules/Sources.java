package nixbroker.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The product's own source files, of every module. */
final class Sources {
  private static final Pattern STRING_OR_COMMENT =
      Pattern.compile(
          "\"\"\".*?\"\"\""
              + "|\"(?:\\\\.|[^\"\\\\\\n])*+\""
              + "|'(?:\\\\.[^']*+|[^'\\\\])'"
              + "|//[^\\n]*+"
              + "|/\\*.*?\\*/",
          Pattern.DOTALL);

  private Sources() {}

  record Source(Path path, String text) {
    String name() {
      return path.getFileName().toString();
    }

    String typeName() {
      return packageName() + '.' + name().replace(".java", "");
    }

    /** The text without strings and comments. */
    String code() {
      return STRING_OR_COMMENT.matcher(text).replaceAll("_");
    }

    String packageName() {
      Matcher matcher = Pattern.compile("(?m)^package ([\\w.]+);").matcher(text);
      return matcher.find() ? matcher.group(1) : "";
    }
  }

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("broker/daemon"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  static List<Source> all() {
    try (Stream<Path> files = Files.walk(root())) {
      return files
          .filter(path -> path.toString().contains("/src/main/java/"))
          .filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.toString().contains("/target/"))
          .map(path -> new Source(path, read(path)))
          .filter(source -> !source.packageName().isEmpty())
          .sorted((a, b) -> a.path().compareTo(b.path()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
