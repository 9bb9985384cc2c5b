package nixbroker.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: what it takes, and what it does. */
interface Command {
  /** Its own options and parameters; the global ones are added by {@link CommandTree}. */
  CommandSpec spec();

  /** parsed: of the command itself, not of the root. Ends otherwise by {@link Failure}. */
  Exit run(ParseResult parsed, Session session);
}
