package nixbroker.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that exist. A call builds only the one it names; help and completion build all. */
final class CommandTree {
  static final List<String> NAMES =
      List.of("init", "unlock", "lock", "status", "mint", "bundle", "watch", "completion");

  private CommandTree() {}

  static CommandSpec all() {
    CommandSpec root = root();
    for (String name : NAMES) {
      add(root, name);
    }
    return root;
  }

  /** One command by itself: each level above it would cost a call as much as the command. */
  static CommandSpec only(String name) {
    CommandSpec spec = command(name).spec().name("nbctl " + name);
    finish(spec);
    return spec;
  }

  static Command command(String name) {
    return switch (name) {
      case "init" -> new InitCommand();
      case "unlock" -> new UnlockCommand();
      case "lock" -> new LockCommand();
      case "status" -> new StatusCommand();
      case "mint" -> new MintCommand();
      case "bundle" -> new BundleCommand();
      case "watch" -> new WatchCommand();
      case "completion" -> new CompletionCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static CommandSpec root() {
    CommandSpec root = Globals.addTo(CommandSpec.create().name("nbctl"));
    root.addOption(
        Globals.flag("--version").versionHelp(true).description("show the version").build());
    root.usageMessage()
        .synopsisHeading("usage: ")
        .customSynopsis("nbctl COMMAND [OPTION]...")
        .description("NixOS secrets through one broker: keys, rules, one-time bundles.")
        .optionListHeading("%n")
        .commandListHeading("%n")
        .footer(
            "",
            "exit codes: 0 done, 1 a check found something, 2 usage, 3 sealed, 4 refused,",
            "            5 conflict, 6 no broker, 70 a defect");
    return root;
  }

  private static void add(CommandSpec root, String name) {
    CommandSpec spec = command(name).spec();
    finish(spec);
    root.addSubcommand(name, spec);
  }

  private static void finish(CommandSpec spec) {
    Globals.addTo(spec);
    spec.usageMessage()
        .synopsisHeading("usage: ")
        .optionListHeading("%n")
        .parameterListHeading("%n")
        .commandListHeading("%n")
        .sortOptions(false);
    spec.subcommands().values().forEach(sub -> finish(sub.getCommandSpec()));
  }
}
