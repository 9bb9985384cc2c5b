package nixbroker.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options every command takes, before or after its name. */
record Globals(String socket, String tree, boolean json, boolean yes) {

  static CommandSpec addTo(CommandSpec spec) {
    return spec.addOption(
            value("--socket", "PATH", "the broker's socket (also NBROKER_SOCKET)").build())
        .addOption(
            value("--tree", "NAME", "the secrets tree; else the one that holds this folder")
                .build())
        .addOption(flag("--json").description("one JSON value on standard output").build())
        .addOption(flag("-y", "--yes").description("do not ask").build())
        .addOption(flag("-h", "--help").usageHelp(true).description("show this help").build());
  }

  static OptionSpec.Builder flag(String... names) {
    return OptionSpec.builder(names).type(boolean.class).arity("0");
  }

  static OptionSpec.Builder value(String name, String label, String description) {
    return OptionSpec.builder(name).type(String.class).paramLabel(label).description(description);
  }

  /** The last word wins: what stands after the command's name over what stands before it. */
  static Globals of(ParseResult root) {
    String socket = null;
    String tree = null;
    boolean json = false;
    boolean yes = false;
    for (ParseResult part = root; part != null; part = part.subcommand()) {
      socket = part.matchedOptionValue("--socket", socket);
      tree = part.matchedOptionValue("--tree", tree);
      json |= part.matchedOptionValue("--json", false);
      yes |= part.matchedOptionValue("--yes", false);
    }
    return new Globals(socket, tree, json, yes);
  }
}
