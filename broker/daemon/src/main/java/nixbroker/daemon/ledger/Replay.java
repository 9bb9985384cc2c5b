package nixbroker.daemon.ledger;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads a ledger from its start and checks every line of it. */
final class Replay {
  private final Path path;
  private final Consumer<Ledger.Entry> each;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number = 1;
  private String prev = Line.START;
  private long whole;

  private Replay(Path path, Consumer<Ledger.Entry> each) {
    this.path = path;
    this.each = each;
  }

  /**
   * Hands over every entry, oldest first, and returns the length in bytes of all whole lines. What
   * stands behind them is a line that a crash tore.
   *
   * @throws nixbroker.daemon.refusal.Refusal.Declined LEDGER_FAILED, naming the line
   */
  static long read(Path path, Consumer<Ledger.Entry> each) throws IOException {
    Replay replay = new Replay(path, each);
    long length = Files.size(path);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          replay.line(length);
        } else {
          replay.line.write(b);
        }
      }
    }
    return replay.whole;
  }

  private void line(long length) {
    byte[] bytes = line.toByteArray();
    line.reset();
    long end = whole + bytes.length + 1;
    try {
      Ledger.Entry entry = Line.parse(bytes, number, prev);
      each.accept(entry);
      number++;
      prev = entry.hash();
      whole = end;
    } catch (Line.Broken e) {
      // A block that never reached the disk reads as zeros; JSON has none.
      if (end == length && hasZero(bytes)) {
        return;
      }
      throw Ledger.failed(
          "line " + number + " of " + path + " is not as it was written: " + e.getMessage(),
          "keep the file for inspection and put a good copy of it in its place");
    }
  }

  private static boolean hasZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }
}
