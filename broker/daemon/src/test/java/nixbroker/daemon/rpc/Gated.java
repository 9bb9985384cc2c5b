package nixbroker.daemon.rpc;

import io.grpc.BindableService;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.refusal.Refusal;

/** A service behind the real gate, on a real socket, with a client. */
final class Gated implements AutoCloseable {
  /** Warns of an option that Unix sockets do not have. Held, or it would be collected. */
  private static final Logger BOOTSTRAP =
      Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap.AbstractBootstrap");

  static {
    BOOTSTRAP.setLevel(Level.SEVERE);
  }

  final Ledger ledger;
  final ManagedChannel channel;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Listeners listeners = new Listeners();
  private final NioEventLoopGroup clientLoop = new NioEventLoopGroup(1);
  private final Server server;
  final Failures failures = new Failures(new PrintStream(log, true, StandardCharsets.UTF_8));

  Gated(Path folder, BindableService service) throws Exception {
    this(folder, service, Callers.ownUser(), Optional.empty());
  }

  Gated(Path folder, BindableService service, UserPrincipal self, Optional<Refusal.Sealed> sealed)
      throws Exception {
    ledger = Ledger.open(folder.resolve("ledger"), InstantSource.system());
    var gate =
        new Gate(
            new Callers(self),
            () -> sealed,
            new DeniedCalls(ledger, InstantSource.system()),
            failures);
    Path socket = folder.resolve("s");
    server = listeners.unixSocket(socket, gate.guard(List.of(service)));
    server.start();
    channel =
        NettyChannelBuilder.forAddress(
                UnixDomainSocketAddress.of(socket), InsecureChannelCredentials.create())
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(clientLoop)
            .build();
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  List<Event> recorded() {
    return ledger.entries().stream().map(Ledger.Entry::event).toList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      clientLoop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
      listeners.close(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    ledger.close();
  }
}
