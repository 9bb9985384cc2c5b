package nixbroker.daemon.ledger;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The append-only, hash-chained, fsynced record of every transition: one JSON object a line. */
public final class Ledger implements AutoCloseable {
  private Ledger() {}

  /**
   * Opens or creates folder/ledger.jsonl, verifies the chain; a torn last line is cut off, anything
   * else broken is refused (LEDGER_FAILED).
   */
  public static Ledger open(Path folder, InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  /** One recorded event; hash: of this line, hex. */
  public record Entry(long number, Instant at, Event event, String hash) {}

  /**
   * Durable when it returns, on the caller's thread; LEDGER_FAILED when it cannot be, and then
   * nothing was recorded.
   */
  public Entry append(Event event) {
    throw new UnsupportedOperationException();
  }

  /** Everything recorded so far, oldest first. */
  public List<Entry> entries() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
