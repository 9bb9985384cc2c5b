package nixbroker.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl completion`: a script for the shell, made from the commands that exist. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description("Prints a completion script.")
        .footer(
            "",
            "bash: nbctl completion bash > ~/.local/share/bash-completion/completions/nbctl",
            "zsh:  nbctl completion zsh > a folder of $fpath, as _nbctl",
            "fish: nbctl completion fish > ~/.config/fish/completions/nbctl.fish");
    return spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .paramLabel("SHELL")
            .completionCandidates(SHELLS)
            .description("bash, zsh or fish")
            .build());
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    String shell = parsed.matchedPositionalValue(0, "");
    session.terminal().raw(script(shell, CommandTree.all()));
    return Exit.DONE;
  }

  private static String script(String shell, CommandSpec root) {
    return switch (shell) {
      case "bash" -> Completion.bash(root);
      case "zsh" -> Completion.zsh(root);
      case "fish" -> Completion.fish(root);
      default ->
          throw Failure.usage(
              "no completion for '" + shell + "'", "one of " + String.join(", ", SHELLS));
    };
  }
}
