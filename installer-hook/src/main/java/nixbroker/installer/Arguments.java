package nixbroker.installer;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The command line's options by name: {@code --name value} or {@code --name=value}. */
final class Arguments {
  private static final Set<String> WITH_VALUE =
      Set.of(
          "--ticket",
          "--root",
          "--flake",
          "--disko",
          "--nixos-install",
          "--disk-key-folder",
          "--libcrypto",
          "--patience");
  private static final Set<String> ALONE = Set.of("--json");

  private final Map<String, String> values;

  private Arguments(Map<String, String> values) {
    this.values = values;
  }

  static Arguments of(List<String> arguments) throws Failure {
    Map<String, String> values = new HashMap<>();
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String argument = rest.next();
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String value;
      if (ALONE.contains(argument)) {
        value = "";
      } else if (!WITH_VALUE.contains(name)) {
        throw Failure.usage("there is no option " + Shown.line(name), "nb-install --help");
      } else if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (rest.hasNext()) {
        value = rest.next();
      } else {
        throw Failure.usage(name + " needs a value", "nb-install --help");
      }
      if (values.putIfAbsent(name, value) != null) {
        throw Failure.usage(name + " is given twice", "nb-install --help");
      }
    }
    return new Arguments(values);
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  Optional<Path> path(String name) throws Failure {
    try {
      return value(name).map(Path::of);
    } catch (InvalidPathException e) {
      throw Failure.usage(name + " is not a path", "nb-install --help");
    }
  }

  boolean has(String name) {
    return values.containsKey(name);
  }
}
