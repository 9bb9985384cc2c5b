package nixbroker.daemon.tunnel;

import io.grpc.netty.shaded.io.netty.channel.DefaultEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.refusal.Refusal;

/**
 * The SSH server installers reach: only direct-tcpip to broker:1, which ends inside this process.
 * Its port opens with the first bundle (that takes an unsealed broker, for the host key) and closes
 * when no bundle needs it any more; sealing does not close it.
 */
public final class Tunnel implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("nixbroker.tunnel");
  private static final long LOOK_EVERY_SECONDS = 10;

  /** listen: where the SSH port opens. */
  public record Settings(InetSocketAddress listen) {}

  private final Settings settings;
  private final Bundles bundles;
  private final SocketAddress grpc;
  private final EventLoopGroup group = new DefaultEventLoopGroup(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object opening = new Object();
  private volatile Optional<SshPort> port = Optional.empty();

  /** grpc: the local address of the installer API's gRPC server. */
  public Tunnel(Settings settings, Bundles bundles, SocketAddress grpc) {
    this.settings = settings;
    this.bundles = bundles;
    this.grpc = grpc;
    bundles.beforeTicket(this::open);
    Thread.ofVirtual().name("tunnel-timer").start(this::lookNowAndThen);
  }

  private void lookNowAndThen() {
    try {
      while (!closed.await(LOOK_EVERY_SECONDS, TimeUnit.SECONDS)) {
        try {
          shutWhenOver();
        } catch (Refusal ledgerFailed) {
          LOG.log(Level.WARNING, "the SSH port: {0}", ledgerFailed.cause());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public boolean isOpen() {
    return port.isPresent();
  }

  /** The host key installers are shown, SHA256:…; empty while the port is closed. */
  public Optional<String> hostKey() {
    return port.map(SshPort::hostKey);
  }

  /** The port that is listened on, which matters where the settings say 0. */
  public OptionalInt boundPort() {
    return port.map(p -> OptionalInt.of(p.number())).orElse(OptionalInt.empty());
  }

  /**
   * Opens the port if a bundle needs it; to be called after an unlock, which after a restart is the
   * first time that it can be opened.
   *
   * @throws Refusal TUNNEL_FAILED when it cannot be bound, SEALED
   */
  public void refresh() {
    shutWhenOver();
    if (bundles.wantsPort()) {
      open();
    }
  }

  private void shutWhenOver() {
    bundles.expireDue();
    if (!bundles.wantsPort()) {
      shut();
    }
  }

  /** Opens with the host key of the newest bundle's tree; SEALED, TUNNEL_FAILED. */
  private void open() {
    try (SshEd25519Key key = bundles.hostKey()) {
      synchronized (opening) {
        if (!hostKey().equals(Optional.of(key.fingerprint()))) {
          shut();
          port = Optional.of(SshPort.open(settings.listen(), key, bundles, group, grpc));
        }
      }
    }
  }

  private void shut() {
    synchronized (opening) {
      Optional<SshPort> open = port;
      port = Optional.empty();
      open.ifPresent(SshPort::close);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    bundles.beforeTicket(() -> {});
    shut();
    group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }
}
