package nixbroker.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The one place that prints and asks. Results go to standard output, everything for the eye to
 * standard error. What is printed is text: control characters of names, messages and programs far
 * away come out as '�' and cannot steer the terminal.
 */
final class Terminal {
  /** Ends the program without a word, as SIGPIPE would. */
  static final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final String CLEAR_LINE = "\r\u001b[K";
  private static final int LONGEST_ANSWER = 100;

  private final InputStream in = new FileInputStream(FileDescriptor.in);
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final OutputStream err = new FileOutputStream(FileDescriptor.err);
  private final boolean plain;
  private boolean liveLine;

  Terminal(Map<String, String> environment) {
    plain =
        !environment.getOrDefault("NO_COLOR", "").isEmpty()
            || "dumb".equals(environment.get("TERM"));
  }

  /** One line of a result. */
  void out(String line) {
    clear();
    write(out, Text.safe(line) + '\n');
  }

  /** A page of a result whose line ends are its own, such as help. */
  void page(String text) {
    StringBuilder page = new StringBuilder();
    text.lines().forEach(line -> page.append(Text.safe(line).stripTrailing()).append('\n'));
    write(out, page.toString());
  }

  /** A script, byte for byte. */
  void raw(String text) {
    write(out, text);
  }

  /** One JSON value on a line. */
  void json(String value) {
    write(out, Text.escaped(value) + '\n');
  }

  /** One line for the eye. */
  void err(String line) {
    clear();
    write(err, Text.safe(line) + '\n');
  }

  /** A line for the eye that must not be missed. */
  void loud(String line) {
    clear();
    write(err, coloured("1", Text.safe(line)) + '\n');
  }

  void error(String cause, String remedy) {
    clear();
    write(err, coloured("1;31", "nbctl: error:") + ' ' + Text.safe(cause) + '\n');
    if (!remedy.isEmpty()) {
      write(err, "hint: " + Text.safe(remedy) + '\n');
    }
  }

  /** A line that the next one replaces; nothing where standard error is no terminal. */
  void live(String line) {
    if (errorIsTerminal()) {
      write(err, CLEAR_LINE + Text.safe(line));
      liveLine = true;
    }
  }

  /** Keeps the live line, in this last form. */
  void endLive(String line) {
    if (liveLine) {
      err(line);
    }
  }

  /** Asks on standard error, reads from standard input; anything but y or yes is no. */
  boolean confirm(String question) {
    clear();
    write(err, Text.safe(question) + " [y/N] ");
    StringBuilder answer = new StringBuilder();
    try {
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        if (answer.length() < LONGEST_ANSWER) {
          answer.append((char) c);
        }
      }
    } catch (IOException e) {
      throw Failure.io("cannot read the answer: " + e.getMessage(), "answer with --yes");
    }
    String word = answer.toString().strip();
    return word.equalsIgnoreCase("y") || word.equalsIgnoreCase("yes");
  }

  boolean inputIsTerminal() {
    return !tty(0).isEmpty();
  }

  boolean errorIsTerminal() {
    return !tty(2).isEmpty();
  }

  /** Path of the terminal behind a descriptor of this process; empty when it is none. */
  static String tty(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      boolean terminal =
          target.startsWith("/dev/pts/")
              || target.startsWith("/dev/tty")
              || target.equals("/dev/console");
      return terminal ? target : "";
    } catch (IOException e) {
      return "";
    }
  }

  private String coloured(String colour, String text) {
    return plain || !errorIsTerminal() ? text : "\u001b[" + colour + 'm' + text + "\u001b[0m";
  }

  private void clear() {
    if (liveLine) {
      liveLine = false;
      write(err, CLEAR_LINE);
    }
  }

  private void write(OutputStream stream, String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (stream == err || "Broken pipe".equals(e.getMessage())) {
        throw new OutputClosed();
      }
      throw Failure.io("cannot write to standard output: " + e.getMessage(), "");
    }
  }
}
