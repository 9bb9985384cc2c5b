package nixbroker.cli;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry of nbctl. */
public final class Nbctl {
  /** 128 + SIGPIPE, as a shell reports it. */
  private static final int PIPE_CLOSED = 141;

  private final Terminal terminal;
  private boolean json;
  private boolean interrupted;

  private Nbctl(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Ends the process with one of the documented exit codes. */
  public static void main(String[] args) {
    Nbctl nbctl = new Nbctl(new Terminal(System.getenv()));
    int code = nbctl.end(args);
    if (nbctl.interrupted) {
      // A signal's own exit code stands: this waits for the end it began.
      System.exit(code);
    }
    // Everything is closed and nothing is buffered; exit() would first set up a logger to say so.
    Runtime.getRuntime().halt(code);
  }

  private int end(String[] args) {
    try {
      return outcome(args);
    } catch (Terminal.OutputClosed e) {
      return PIPE_CLOSED;
    }
  }

  private int outcome(String[] args) {
    try {
      return run(args).code;
    } catch (Failure failure) {
      return show(failure);
    } catch (Terminal.OutputClosed e) {
      throw e;
    } catch (RuntimeException e) {
      return show(defect(e));
    }
  }

  /** Where it happened, and not its message, which may quote what it must not. */
  private static Failure defect(RuntimeException error) {
    StackTraceElement[] trace = error.getStackTrace();
    String where = trace.length == 0 ? "" : " at " + trace[0];
    return Failure.of(
        Exit.DEFECT,
        "DEFECT",
        "nbctl failed unexpectedly: " + error.getClass().getName() + where,
        "report this line");
  }

  private Exit run(String[] args) {
    json = List.of(args).contains("--json");
    List<String> words = new ArrayList<>(List.of(args));
    String name = take(words);
    CommandLine line = new CommandLine(name == null ? CommandTree.all() : CommandTree.only(name));
    ParseResult parsed = parse(line, words);
    ParseResult leaf = parsed;
    while (leaf.hasSubcommand()) {
      leaf = leaf.subcommand();
    }
    if (leaf.isUsageHelpRequested()) {
      terminal.page(leaf.commandSpec().commandLine().getUsageMessage(Ansi.OFF));
      return Exit.DONE;
    }
    if (parsed.isVersionHelpRequested()) {
      terminal.out("nbctl " + version());
      return Exit.DONE;
    }
    if (!leaf.commandSpec().subcommands().isEmpty()) {
      throw noCommand(leaf);
    }
    return run(name, parsed, leaf);
  }

  private Exit run(String name, ParseResult root, ParseResult leaf) {
    Session session =
        new Session(Globals.of(root), terminal, System.getenv(), InstantSource.system());
    try (session) {
      return CommandTree.command(name).run(leaf, session);
    } catch (StatusRuntimeException e) {
      if (session.interrupted()) {
        interrupted = true;
        return Exit.NO_BROKER;
      }
      throw Refusals.of(e);
    }
  }

  /**
   * Takes the command's name out of the words: the first that is neither an option nor an option's
   * value. Null, and nothing taken, unless it is a command.
   */
  private static String take(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--socket") || word.equals("--tree")) {
        i++;
      } else if (!word.startsWith("-")) {
        return CommandTree.NAMES.contains(word) ? words.remove(i) : null;
      }
    }
    return null;
  }

  private static ParseResult parse(CommandLine line, List<String> words) {
    try {
      return line.parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      throw Failure.usage(cause(e), hint(e));
    }
  }

  private static String cause(ParameterException error) {
    if (error instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      boolean group = !error.getCommandLine().getSubcommands().isEmpty();
      return (group ? "no such command: " : "one word too many: ")
          + unmatched.getUnmatched().get(0);
    }
    if (error instanceof UnmatchedArgumentException unmatched) {
      return "no such option: " + unmatched.getUnmatched().get(0);
    }
    String message = error.getMessage().lines().findFirst().orElse("cannot read the command line");
    return Character.toLowerCase(message.charAt(0)) + message.substring(1);
  }

  private static String hint(ParameterException error) {
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      return "did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
    }
    return error.getCommandLine().getCommandSpec().qualifiedName() + " --help";
  }

  private static Failure noCommand(ParseResult leaf) {
    String names = String.join(", ", leaf.commandSpec().subcommands().keySet());
    return Failure.usage(
        "a command is missing: " + names, leaf.commandSpec().qualifiedName() + " --help");
  }

  private int show(Failure failure) {
    if (json) {
      terminal.json(Json.error(failure).toString());
    } else {
      terminal.error(failure.getMessage(), failure.remedy());
    }
    return failure.exit().code;
  }

  private static String version() {
    try (InputStream in = Nbctl.class.getResourceAsStream("version")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw Failure.io("cannot read nbctl's own version: " + e.getMessage(), "");
    }
  }
}
