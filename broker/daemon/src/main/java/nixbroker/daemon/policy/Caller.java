package nixbroker.daemon.policy;

/** Who asks, as the connection proves it. */
public sealed interface Caller {
  /** A process of the broker's own uid on the Unix socket. */
  record Operator(String user) implements Caller {}

  /** The holder of a bundle's tunnel key; the id has 16 lower-case hex digits. */
  record Installer(String bundle) implements Caller {}
}
