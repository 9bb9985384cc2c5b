package nixbroker.daemon;

import io.helidon.config.Config;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the values of a configuration file; one of the wrong kind is an error with its line. */
final class ConfigValues {
  private static final Pattern FRIENDLY =
      Pattern.compile("(?:(\\d{1,5})d)?(?:(\\d{1,6})h)?(?:(\\d{1,8})m)?(?:(\\d{1,9})s)?");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9.-]+):(\\d{1,5})");
  private static final Pattern NUMERIC_HOST = Pattern.compile("\\[.*]|[0-9.]+");

  private final ConfigFile file;
  private final Path home;

  ConfigValues(ConfigFile file, Path home) {
    this.file = file;
    this.home = home;
  }

  Optional<String> text(String key) {
    return file.config().get(key).asString().asOptional();
  }

  Optional<Path> path(String key) {
    return text(key).map(text -> path(key, text));
  }

  private Path path(String key, String text) {
    if (text.equals("~")) {
      return home;
    }
    Path path = text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
    if (!path.isAbsolute()) {
      throw file.wrong(key, text);
    }
    return path.normalize();
  }

  /** A bare name is looked for on the PATH when it is run. */
  Optional<Path> program(String key) {
    return text(key)
        .map(text -> text.contains("/") || text.equals("~") ? path(key, text) : Path.of(text));
  }

  /** ISO-8601 (PT60M), or 60m, 8h, 1h30m, 7d. Always more than nothing. */
  Optional<Duration> duration(String key) {
    return text(key)
        .map(
            text -> {
              Duration duration = parse(text).orElseThrow(() -> file.wrong(key, text));
              if (!duration.isPositive()) {
                throw file.wrong(key, text);
              }
              return duration;
            });
  }

  private static Optional<Duration> parse(String text) {
    Matcher friendly = FRIENDLY.matcher(text);
    if (!text.isEmpty() && friendly.matches()) {
      return Optional.of(
          Duration.ofDays(number(friendly.group(1)))
              .plusHours(number(friendly.group(2)))
              .plusMinutes(number(friendly.group(3)))
              .plusSeconds(number(friendly.group(4))));
    }
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  Optional<Integer> port(String key) {
    return text(key).map(text -> port(key, text, text));
  }

  private int port(String key, String whole, String digits) {
    if (!digits.matches("\\d{1,5}") || Integer.parseInt(digits) > 65535) {
      throw file.wrong(key, whole);
    }
    return Integer.parseInt(digits);
  }

  /** host:port as it is told to others. */
  Optional<String> reachable(String key) {
    Optional<String> text = text(key);
    text.ifPresent(t -> hostAndPort(key, t));
    return text;
  }

  /** address:port of this machine; numbers, because a name may mean another machine tomorrow. */
  Optional<InetSocketAddress> listening(String key) {
    return text(key)
        .map(
            text -> {
              Matcher parts = hostAndPort(key, text);
              if (!NUMERIC_HOST.matcher(parts.group(1)).matches()) {
                throw file.wrong(key, text);
              }
              try {
                return new InetSocketAddress(
                    InetAddress.getByName(parts.group(1)), port(key, text, parts.group(2)));
              } catch (UnknownHostException e) {
                throw file.wrong(key, text);
              }
            });
  }

  private Matcher hostAndPort(String key, String text) {
    Matcher parts = HOST_AND_PORT.matcher(text);
    if (!parts.matches()) {
      throw file.wrong(key, text);
    }
    port(key, text, parts.group(2));
    return parts;
  }

  /** Folders of the tree, each with its final '/'. */
  Optional<List<String>> folders(String key) {
    Config list = file.config().get(key);
    if (!list.exists()) {
      return Optional.empty();
    }
    if (list.isLeaf()) {
      // How the flattened file shows an empty list.
      return text(key)
          .filter(String::isEmpty)
          .map(_ -> Optional.of(List.<String>of()))
          .orElseThrow(() -> file.wrong(key, text(key).orElse("")));
    }
    return Optional.of(
        list.asNodeList().orElse(List.of()).stream()
            .map(node -> folder(key, node.asString().orElse("")))
            .toList());
  }

  private String folder(String key, String text) {
    boolean leaves =
        text.isEmpty()
            || text.startsWith("/")
            || text.startsWith("~")
            || List.of(text.split("/")).contains("..");
    if (leaves) {
      throw file.wrong(key, text);
    }
    return text.endsWith("/") ? text : text + '/';
  }
}
