package nixbroker.daemon;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The command line of nbrokerd. */
record Arguments(Wish wish, Optional<Path> config) {
  enum Wish {
    RUN,
    HELP,
    VERSION,
    EXAMPLE
  }

  static final String HELP =
      """
      Usage: nbrokerd [--config FILE]

      Keeps the master key of your secrets trees, sealed until `nbctl unlock`. Runs in the foreground;
      SIGTERM and SIGINT seal it and end it.

      Options:
        --config FILE   configuration (default: $XDG_CONFIG_HOME/nixbroker/config.yaml)
        --example       print a configuration file with every key explained
        --help          print this
        --version       print the version

      Exit codes: 0 stopped, 2 usage or configuration, 4 refused, 70 a defect
      """;

  static Arguments parse(List<String> words) {
    Wish wish = Wish.RUN;
    Optional<Path> config = Optional.empty();
    for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
      String word = rest.next();
      switch (word) {
        case "--help", "-h" -> wish = Wish.HELP;
        case "--version" -> wish = Wish.VERSION;
        case "--example" -> wish = Wish.EXAMPLE;
        case "--config" -> config = Optional.of(file(rest.hasNext() ? rest.next() : ""));
        case String option when option.startsWith("--config=") ->
            config = Optional.of(file(option.substring("--config=".length())));
        default -> throw usage("unknown argument '" + word + "'");
      }
    }
    return new Arguments(wish, config);
  }

  private static Path file(String text) {
    if (text.isEmpty()) {
      throw usage("--config needs a file");
    }
    return Path.of(text).toAbsolutePath();
  }

  private static StartFailure usage(String cause) {
    return new StartFailure(StartFailure.USAGE, cause, "nbrokerd --help");
  }
}
