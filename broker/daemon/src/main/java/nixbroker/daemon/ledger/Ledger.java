package nixbroker.daemon.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * The append-only, hash-chained, fsynced record of every transition: one JSON object a line, UTF-8.
 * The fields of a line in their order: {@code v} (format, 1), {@code n} (1, 2, 3, …), {@code at}
 * (ISO-8601, UTC), {@code type}, the event's own fields, {@code prev} (hash of the line before, 64
 * zeros at the start) and {@code hash}: SHA-256 in hex of the line as it would be without this
 * field. Safe for use by many threads; one process at a time.
 */
public final class Ledger implements AutoCloseable {
  private final LedgerFile file;
  private final InstantSource clock;
  private final List<Entry> entries;

  private Ledger(LedgerFile file, InstantSource clock, List<Entry> entries) {
    this.file = file;
    this.clock = clock;
    this.entries = entries;
  }

  /**
   * Opens or creates folder/ledger.jsonl (0600 in a 0700 folder), verifies the chain; a torn last
   * line is cut off, anything else broken is refused.
   *
   * @throws Refusal.Declined LEDGER_FAILED
   */
  public static Ledger open(Path folder, InstantSource clock) {
    Path path = folder.resolve("ledger.jsonl");
    try {
      LedgerFile file = LedgerFile.open(folder, path);
      try {
        List<Entry> entries = new ArrayList<>();
        file.cutTo(Replay.read(path, entries::add));
        return new Ledger(file, clock, entries);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed("the ledger cannot be opened: " + e.getMessage(), "check " + path);
    }
  }

  /** One recorded event; number: from 1; hash: of this line, hex. */
  public record Entry(long number, Instant at, Event event, String hash) {}

  /**
   * Durable when it returns, on the caller's thread.
   *
   * @throws Refusal.Declined LEDGER_FAILED when it cannot be, and then nothing was recorded
   */
  public synchronized Entry append(Event event) {
    Entry last = entries.isEmpty() ? null : entries.getLast();
    long number = last == null ? 1 : last.number() + 1;
    String prev = last == null ? Line.START : last.hash();
    Line line = Line.of(number, clock.instant(), event, prev);
    file.append(line.bytes());
    entries.add(line.entry());
    return line.entry();
  }

  /** Everything recorded so far, oldest first. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Ends writing; an append afterwards is refused. */
  @Override
  public synchronized void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed("the ledger cannot be closed: " + e.getMessage(), "check the disk it is on");
    }
  }

  static Refusal.Declined failed(String cause, String remedy) {
    return new Refusal.Declined(Reason.LEDGER_FAILED, cause, remedy);
  }
}
