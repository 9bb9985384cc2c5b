package nixbroker.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the recovery passphrase goes: the controlling terminal, or a descriptor the caller gave.
 * Opened before anything is made, so that a passphrase without a reader never comes into being.
 */
final class PassphraseSink implements AutoCloseable {
  private static final int FIRST_FREE = 3;
  private static final int ACCESS_MODE = 3;

  private final OutputStream out;
  private final boolean terminal;

  private PassphraseSink(OutputStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** The terminal, whatever standard output is. */
  static PassphraseSink terminal() {
    try {
      return new PassphraseSink(new FileOutputStream("/dev/tty"), true);
    } catch (IOException e) {
      throw Failure.usage(
          "there is no terminal to show the recovery passphrase on; nothing was changed",
          "run it in a terminal, or add --recovery-passphrase-fd 3 3>FILE");
    }
  }

  /** The descriptor's raw bytes: the passphrase and one newline. */
  static PassphraseSink descriptor(String number) {
    int descriptor = number(number);
    if (!writable(descriptor)) {
      throw Failure.usage(
          "descriptor " + descriptor + " is not open for writing; nothing was changed",
          "open it in the shell, for example `--recovery-passphrase-fd 3 3>FILE`");
    }
    try {
      return new PassphraseSink(new FileOutputStream("/proc/self/fd/" + descriptor, true), false);
    } catch (IOException e) {
      throw Failure.usage(
          "descriptor " + descriptor + " cannot be written; nothing was changed",
          "give it a file, a pipe or a terminal");
    }
  }

  private static int number(String text) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      number = digit < '0' || digit > '9' || i >= 4 ? -1 : number * 10 + digit - '0';
      if (number < 0) {
        break;
      }
    }
    if (number < FIRST_FREE) {
      throw Failure.usage(
          "--recovery-passphrase-fd wants the number of an open descriptor, 3 or above",
          "for example --recovery-passphrase-fd 3 3>FILE");
    }
    return number;
  }

  /**
   * The JVM's own files are descriptors too; they are read-only, which `flags` (octal) of
   * proc_pid_fdinfo(5) tells.
   */
  private static boolean writable(int descriptor) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor))) {
        if (line.startsWith("flags:")) {
          return (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS_MODE)
              != 0;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /** passphrase: ASCII, left as it is. */
  void write(byte[] passphrase) {
    try {
      if (terminal) {
        out.write(
            "\nwrite this passphrase down now; it is shown once and opens recovery.age once init is done:\n    "
                .getBytes(StandardCharsets.US_ASCII));
      }
      out.write(passphrase);
      out.write('\n');
      out.flush();
      if (terminal) {
        out.write('\n');
      }
    } catch (IOException e) {
      throw Failure.io(
          "the recovery passphrase could not be written: " + e.getMessage(),
          "recovery.age is of no use without it; look at `nbctl status` for whether init went on");
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw Failure.io(
          "the recovery passphrase may not have been written: " + e.getMessage(),
          "read it back before you rely on it");
    }
  }
}
