package nixbroker.daemon.bundle;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;

/** Bundles, tickets and the redemption, folded from the ledger. */
public final class Bundles {
  public enum State {
    ISSUED,
    CLAIMED,
    ACTIVE,
    EXPIRED
  }

  public record View(
      String id,
      TreeName tree,
      HostName host,
      State state,
      Instant issued,
      Instant expires,
      String phase) {}

  /** ticket: the file's bytes (a secret; the caller wipes). */
  public record Issued(View view, byte[] ticket, String address, String hostKey) {}

  public record Settings(Duration ttl, Optional<String> address) {}

  public Bundles(
      Settings settings,
      Path stateFolder,
      nixbroker.daemon.tree.Trees trees,
      nixbroker.daemon.seal.Seal seal,
      nixbroker.daemon.ledger.Ledger ledger,
      InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  public Issued issue(TreeName tree, HostName host, Optional<Duration> ttl) {
    throw new UnsupportedOperationException();
  }

  public List<View> list() {
    throw new UnsupportedOperationException();
  }

  /** Returns the host's name. */
  public HostName claim(Caller.Installer caller, byte[] token, String recipient, String from) {
    throw new UnsupportedOperationException();
  }

  public byte[] fetch(Caller.Installer caller, byte[] token, String recipient) {
    throw new UnsupportedOperationException();
  }

  public void acknowledge(Caller.Installer caller, byte[] token, String recipient, byte[] receipt) {
    throw new UnsupportedOperationException();
  }

  public void report(Caller.Installer caller, List<Report> reports) {
    throw new UnsupportedOperationException();
  }

  public sealed interface Report {
    record Phase(String phase, String state, String detail) implements Report {}

    record Output(String phase, boolean stderr, String text) implements Report {}
  }

  public sealed interface News {
    record StateChanged(View view, Instant at) implements News {}

    record Reported(View view, Instant at, Report report) implements News {}
  }

  /**
   * Calls the listener with what is known now and everything after, until the returned handle is
   * closed.
   */
  public AutoCloseable watch(java.util.function.Consumer<News> listener) {
    throw new UnsupportedOperationException();
  }
}
