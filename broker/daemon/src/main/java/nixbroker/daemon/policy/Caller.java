package nixbroker.daemon.policy;

/** Who asks, as the connection proves it. */
public sealed interface Caller {
  /** A process of the broker's own uid on the Unix socket. */
  record Operator(String user) implements Caller {}

  /** The holder of a bundle's tunnel key; the id has 16 lower-case hex digits. */
  record Installer(String bundle) implements Caller {}

  /**
   * Anybody else: a process of another uid (its user name), or a connection that proves nothing.
   */
  record Stranger(String user) implements Caller {}

  /** How the ledger and messages name the caller. */
  default String shown() {
    return switch (this) {
      case Operator(String user) -> "operator " + Names.printable(user);
      case Installer(String bundle) -> "installer " + Names.printable(bundle);
      case Stranger(String user) -> "stranger " + Names.printable(user);
    };
  }
}
