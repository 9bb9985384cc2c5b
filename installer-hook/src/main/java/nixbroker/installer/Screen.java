package nixbroker.installer;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import nixbroker.proto.v1.Phase;
import nixbroker.proto.v1.PhaseState;

/** What a person sees (standard error), or with --json a program (standard output). */
final class Screen {
  private static final String RED = "\u001b[31m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final boolean colour;

  Screen(PrintStream out, PrintStream err, boolean json, boolean colour) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.colour = colour;
  }

  /** A step that came to its end: "ganon fetched 4 files, 1 passphrase". */
  void step(String host, String word, String detail) {
    if (!json) {
      err.printf("%-7s %-11s %s%n", host, word, detail);
    }
  }

  void phase(Phase phase, PhaseState state, String detail) {
    if (json) {
      JsonObject line = new JsonObject();
      line.addProperty("phase", phase.name());
      line.addProperty("state", state.name());
      line.addProperty("detail", detail);
      print(line);
    }
  }

  synchronized void output(Phase phase, boolean stderr, String text) {
    if (json) {
      JsonObject line = new JsonObject();
      line.addProperty("phase", phase.name());
      line.addProperty("stderr", stderr);
      line.addProperty("output", text);
      print(line);
    } else {
      err.println("  | " + text);
    }
  }

  void warning(String text) {
    err.println("nb-install: warning: " + text);
  }

  /** The result, on standard output. */
  void done(String host, String bundle) {
    if (json) {
      JsonObject line = new JsonObject();
      line.addProperty("host", host);
      line.addProperty("bundle", bundle);
      line.addProperty("installed", true);
      print(line);
    } else {
      out.println("installed " + host);
    }
  }

  void failure(Failure failure) {
    if (json) {
      JsonObject error = new JsonObject();
      error.addProperty("reason", failure.reason());
      error.addProperty("cause", failure.getMessage());
      error.addProperty("remedy", failure.hint());
      error.addProperty("exit", failure.exit());
      JsonObject line = new JsonObject();
      line.add("error", error);
      print(line);
    } else {
      err.println("nb-install: " + red("error:") + " " + failure.getMessage());
      if (!failure.hint().isEmpty()) {
        err.println("hint: " + failure.hint());
      }
    }
  }

  private String red(String text) {
    return colour ? RED + text + PLAIN : text;
  }

  private synchronized void print(JsonObject line) {
    out.println(line);
  }
}
