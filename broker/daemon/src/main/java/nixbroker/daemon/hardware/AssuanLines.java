package nixbroker.daemon.hardware;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import nixbroker.secret.SecretPage;

/** The lines an Assuan server sends, in a page; only those that hold no data become text. */
final class AssuanLines implements AutoCloseable {
  private static final int LINE_MAX = 1000;
  private static final int DATA = 2;

  private final Child child;
  private final SecretPage buffer = SecretPage.allocate(LINE_MAX + 1);
  private int filled;

  AssuanLines(Child child) {
    this.child = child;
  }

  /** The next OK or ERR line; comments and status lines are passed over. */
  String answer() {
    if (nextIsData()) {
      throw child.failure("answers nonsense");
    }
    String line = Child.text(buffer, 0, fill());
    drop();
    if (!line.startsWith("OK") && !line.startsWith("ERR")) {
      throw child.failure("answers nonsense");
    }
    return line;
  }

  /** Whether data comes before the answer. */
  boolean nextIsData() {
    while (true) {
      int length = fill();
      if (length >= DATA && at(0) == 'D' && at(1) == ' ') {
        return true;
      }
      if (!isPassedOver(Child.text(buffer, 0, length))) {
        return false;
      }
      drop();
    }
  }

  private static boolean isPassedOver(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith("S ");
  }

  /** The data of this line, still percent-escaped, inside the page. */
  MemorySegment dataLine() {
    return buffer.segment().asSlice(DATA, fill() - DATA);
  }

  /** Wipes this line and goes to the next. */
  void drop() {
    int count = fill() + 1;
    MemorySegment bytes = buffer.segment();
    MemorySegment.copy(bytes, count, bytes, 0, filled - count);
    bytes.asSlice(filled - count, count).fill((byte) 0);
    filled -= count;
  }

  /** Reads until the page begins with a whole line; its length without the line end. */
  private int fill() {
    int looked = 0;
    while (true) {
      for (; looked < filled; looked++) {
        if (at(looked) == '\n') {
          return looked;
        }
      }
      if (filled > LINE_MAX) {
        throw child.failure("answers nonsense");
      }
      filled += child.read(buffer, filled, LINE_MAX + 1 - filled);
    }
  }

  private byte at(int index) {
    return buffer.segment().get(ValueLayout.JAVA_BYTE, index);
  }

  @Override
  public void close() {
    buffer.close();
  }
}
