package nixbroker.daemon.bundle;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;

/**
 * Bundles, tickets and the redemption. What is known is folded from the ledger; beside it there are
 * only the claimed bundles' ciphertexts, {@code bundles/<id>.age} in the state folder. Safe for use
 * by many threads: one lock, under which the ledger is written before anything else happens.
 */
public final class Bundles {
  private static final Duration OPEN_AFTER_END = Duration.ofHours(24);

  public enum State {
    ISSUED,
    CLAIMED,
    ACTIVE,
    EXPIRED
  }

  /** phase: the installation phase reached last, as in the contract; empty before the first. */
  public record View(
      String id,
      TreeName tree,
      HostName host,
      State state,
      Instant issued,
      Instant expires,
      String phase) {}

  /** ticket: the file's bytes (a secret; the caller wipes). hostKey: SHA256:… */
  public record Issued(View view, byte[] ticket, String address, String hostKey) {
    @Override
    public String toString() {
      return "Issued[" + view + ", " + address + ", " + hostKey + "]";
    }
  }

  /** address: host:port installers reach the tunnel at. */
  public record Settings(Duration ttl, Optional<String> address) {}

  /** What an installing machine tells; names are those of the contract's enums. */
  public sealed interface Report {
    record Phase(String phase, String state, String detail) implements Report {}

    record Output(String phase, boolean stderr, String text) implements Report {}
  }

  /** What a watcher is told. */
  public sealed interface News {
    record StateChanged(View view, Instant at) implements News {}

    record Reported(View view, Instant at, Report report) implements News {}

    /** The watcher fell further behind than this and is told nothing more. Always last. */
    record Dropped(int behind) implements News {}
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Watchers watchers = new Watchers();
  private final Ciphertexts ciphertexts;
  private final InstantSource clock;
  private final Book book;
  private final Issue issue;
  private final Redemption redemption;
  private final Reports reports;
  private volatile Runnable beforeTicket = () -> {};

  /** Folds the ledger and removes ciphertexts that no claimed bundle owns. */
  public Bundles(
      Settings settings,
      Path stateFolder,
      Trees trees,
      Seal seal,
      Ledger ledger,
      InstantSource clock) {
    this.clock = clock;
    this.ciphertexts = new Ciphertexts(stateFolder);
    this.book = new Book(ledger, watchers);
    this.issue = new Issue(settings, trees, seal, book, clock);
    this.redemption = new Redemption(trees, seal, book, ciphertexts, clock);
    this.reports = new Reports(book, watchers, clock);
    ciphertexts.keepOnly(book.claimed());
  }

  /**
   * Makes a bundle and its ticket. Refused: TUNNEL_NOT_CONFIGURED, HOST_NOT_MINTED, BUNDLE_OPEN,
   * SEALED, and what {@link #beforeTicket} refuses (the bundle then ends at once).
   */
  public Issued issue(TreeName tree, HostName host, Optional<Duration> ttl) {
    expireDue();
    Issued issued = locked(() -> issue.issue(tree, host, ttl));
    boolean leaves = false;
    try {
      beforeTicket.run();
      leaves = true;
      return issued;
    } finally {
      if (!leaves) {
        Arrays.fill(issued.ticket(), (byte) 0);
        locked(() -> issue.withdraw(issued.view().id()));
      }
    }
  }

  /** What must succeed between the record of a bundle and its ticket: opening the SSH port. */
  public void beforeTicket(Runnable open) {
    beforeTicket = open;
  }

  /** Every bundle, newest first. */
  public List<View> list() {
    return locked(() -> book.all().stream().map(this::viewNow).toList().reversed());
  }

  private View viewNow(Held bundle) {
    View v = bundle.view();
    return bundle.due(clock.instant())
        ? new View(v.id(), v.tree(), v.host(), State.EXPIRED, v.issued(), v.expires(), v.phase())
        : v;
  }

  /**
   * Binds the caller's bundle to a recipient (age1…); returns the host's name. token: 32 bytes.
   * from: the peer's network address. Refused: TICKET_WRONG, TICKET_SPENT, TICKET_EXPIRED,
   * BUNDLE_CLAIMED, REQUEST_INVALID, SEALED.
   */
  public HostName claim(Caller.Installer caller, byte[] token, String recipient, String from) {
    return locked(() -> redemption.claim(caller, token, recipient, from)).host;
  }

  /** The stored ciphertext, the same bytes until it is acknowledged. */
  public byte[] fetch(Caller.Installer caller, byte[] token, String recipient) {
    return locked(() -> redemption.fetch(caller, token, recipient));
  }

  /** receipt: SHA-256 of the plaintext, 32 bytes. Repeated by the same recipient: no change. */
  public void acknowledge(Caller.Installer caller, byte[] token, String recipient, byte[] receipt) {
    locked(() -> redemption.acknowledge(caller, token, recipient, receipt));
  }

  /** Phases and output of the caller's installation, at most 256 in one call. */
  public void report(Caller.Installer caller, List<Report> told) {
    locked(
        () -> {
          Held bundle = redemption.named(caller);
          redemption.requireNotExpired(bundle);
          Redemption.requireClaimed(bundle);
          reports.take(bundle, told);
          return null;
        });
  }

  /**
   * Calls the listener, on a thread of its own, with what is known of each host's newest bundle and
   * everything after, until the returned handle is closed. A watcher that is slow is dropped.
   */
  public Watch watch(Consumer<News> listener) {
    return locked(
        () -> {
          List<News> known = new ArrayList<>();
          book.newestOfEachHost().forEach(b -> known.addAll(b.told));
          return new Watch(watchers.add(known, listener));
        });
  }

  /** A watcher's handle. */
  public static final class Watch implements AutoCloseable {
    private final Watchers.Watcher watcher;

    private Watch(Watchers.Watcher watcher) {
      this.watcher = watcher;
    }

    /** Never waits. */
    @Override
    public void close() {
      watcher.close();
    }
  }

  /** Until when the SSH port must be open: 24 h after the last end; empty without any bundle. */
  public Optional<Instant> openUntil() {
    return locked(() -> book.all().stream().map(Held::ends).max(Instant::compareTo))
        .map(end -> end.plus(OPEN_AFTER_END));
  }

  /** Whether the SSH port must be open now. */
  public boolean wantsPort() {
    return openUntil().filter(until -> clock.instant().isBefore(until)).isPresent();
  }

  /** Records the end of every bundle whose time is over. */
  public void expireDue() {
    locked(
        () -> {
          redemption.expireDue();
          return null;
        });
  }

  /** The bundle whose ticket has this tunnel key (SHA256:…); only looks. */
  public Optional<String> ofTunnelKey(String fingerprint) {
    return locked(() -> book.ofTunnelKey(fingerprint)).map(bundle -> bundle.id);
  }

  /** The SSH host key that the tickets of the newest bundle pin; SEALED; the caller closes it. */
  public SshEd25519Key hostKey() {
    return issue.hostKey(locked(book::newestTree));
  }

  private <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }
}
