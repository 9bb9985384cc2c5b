package nixbroker.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completion scripts for the three shells, from the command tree itself. */
final class Completion {
  private Completion() {}

  static String bash(CommandSpec root) {
    return AutoComplete.bash("nbctl", new CommandLine(root));
  }

  /** One function a command; each offers its subcommands, or its options and words. */
  static String zsh(CommandSpec root) {
    StringBuilder script = new StringBuilder("#compdef nbctl\n\n");
    zshFunction("_nbctl", root, script);
    return script.append("_nbctl \"$@\"\n").toString();
  }

  private static void zshFunction(String function, CommandSpec spec, StringBuilder script) {
    List<String> arguments = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      for (String name : option.names()) {
        arguments.add(quoted(zshOption(name, option)));
      }
    }
    Map<String, CommandLine> subcommands = spec.subcommands();
    for (PositionalParamSpec word : spec.positionalParameters()) {
      String place = word.index().isVariable() ? "*" : "1";
      arguments.add(quoted(place + ":" + word.paramLabel() + ":" + zshAction(word)));
    }
    if (!subcommands.isEmpty()) {
      arguments.add(quoted("1:command:((" + zshChoices(subcommands) + "))"));
      arguments.add(quoted("*::argument:->rest"));
    }
    script.append(function).append("() {\n  local context state state_descr line\n");
    script.append("  typeset -A opt_args\n  _arguments -C \\\n    ");
    script.append(String.join(" \\\n    ", arguments)).append('\n');
    if (!subcommands.isEmpty()) {
      script.append("  case $state:$line[1] in\n");
      for (String name : subcommands.keySet()) {
        script.append("    rest:").append(name).append(") ").append(function).append('_');
        script.append(name).append(" ;;\n");
      }
      script.append("  esac\n");
    }
    script.append("}\n\n");
    subcommands.forEach(
        (name, line) -> zshFunction(function + "_" + name, line.getCommandSpec(), script));
  }

  private static String zshOption(String name, OptionSpec option) {
    String text =
        (option.isMultiValue() ? "*" : "") + name + "[" + zshText(description(option)) + "]";
    return option.arity().max() == 0
        ? text
        : text + ":" + option.paramLabel() + ":" + zshAction(option);
  }

  private static String zshAction(ArgSpec argument) {
    if (argument.completionCandidates() != null) {
      return "(" + String.join(" ", argument.completionCandidates()) + ")";
    }
    return isFile(argument) ? "_files" : "";
  }

  private static String zshChoices(Map<String, CommandLine> subcommands) {
    List<String> choices = new ArrayList<>();
    subcommands.forEach(
        (name, line) ->
            choices.add(name + "\\:\"" + zshText(description(line.getCommandSpec())) + "\""));
    return String.join(" ", choices);
  }

  private static String zshText(String text) {
    return text.replace("[", "(").replace("]", ")").replace(":", "\\:").replace("\"", "");
  }

  /** One `complete` line for each subcommand and each option. */
  static String fish(CommandSpec root) {
    StringBuilder script = new StringBuilder("complete -c nbctl -f\n");
    fishLines(root, List.of(), script);
    return script.toString();
  }

  private static void fishLines(CommandSpec spec, List<String> path, StringBuilder script) {
    Map<String, CommandLine> subcommands = spec.subcommands();
    String here = fishCondition(path, List.copyOf(subcommands.keySet()));
    subcommands.forEach(
        (name, line) ->
            script.append(
                here + " -a " + name + " -d " + quoted(description(line.getCommandSpec())) + "\n"));
    String inside = fishCondition(path, List.of());
    for (OptionSpec option : path.isEmpty() ? spec.options() : own(spec)) {
      script.append(path.isEmpty() ? "complete -c nbctl" : inside).append(fishOption(option));
    }
    for (PositionalParamSpec word : spec.positionalParameters()) {
      if (word.completionCandidates() != null) {
        String words = String.join(" ", word.completionCandidates());
        script.append(inside).append(" -a ").append(quoted(words)).append('\n');
      }
    }
    subcommands.forEach(
        (name, line) -> {
          List<String> deeper = new ArrayList<>(path);
          deeper.add(name);
          fishLines(line.getCommandSpec(), deeper, script);
        });
  }

  /** The global options are said once, for every command. */
  private static List<OptionSpec> own(CommandSpec spec) {
    CommandSpec globals = Globals.addTo(CommandSpec.create());
    return spec.options().stream()
        .filter(option -> globals.findOption(option.longestName()) == null)
        .toList();
  }

  private static String fishCondition(List<String> path, List<String> notYet) {
    List<String> tests = new ArrayList<>();
    path.forEach(name -> tests.add("__fish_seen_subcommand_from " + name));
    if (!notYet.isEmpty()) {
      tests.add("not __fish_seen_subcommand_from " + String.join(" ", notYet));
    }
    return tests.isEmpty()
        ? "complete -c nbctl"
        : "complete -c nbctl -n " + quoted(String.join("; and ", tests));
  }

  private static String fishOption(OptionSpec option) {
    StringBuilder line = new StringBuilder();
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
    }
    if (option.arity().max() > 0) {
      line.append(isFile(option) ? " -r -F" : " -x");
    }
    return line.append(" -d ").append(quoted(description(option))).append('\n').toString();
  }

  private static boolean isFile(ArgSpec argument) {
    return argument.paramLabel().equals("FILE") || argument.paramLabel().equals("PATH");
  }

  private static String description(ArgSpec argument) {
    return argument.description().length == 0 ? "" : argument.description()[0];
  }

  /** Its first sentence, without the full stop. */
  private static String description(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    String text = description.length == 0 ? "" : description[0];
    int stop = text.indexOf('.');
    return stop < 0 ? text : text.substring(0, stop);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
