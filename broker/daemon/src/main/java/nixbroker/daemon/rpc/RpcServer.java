package nixbroker.daemon.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The operator's server on the Unix socket, and the installers' server the tunnel ends at. */
public final class RpcServer {
  private static final Duration DRAIN = Duration.ofMillis(300);

  private final Path socket;
  private final Listeners listeners = new Listeners();
  private final Server operators;
  private final Server installers;

  /** A fresh address inside this process, for the tunnel's end. */
  public static SocketAddress inProcessAddress() {
    return new LocalAddress("nixbroker-" + UUID.randomUUID());
  }

  /**
   * Prepares both servers; nothing listens yet.
   *
   * @param socket in a folder that only the own user can enter; the file must not exist
   * @param tunnelEnd from {@link #inProcessAddress}
   * @param log where incidents go
   * @throws IllegalStateException a method has no usable rule
   * @throws IOException the own uid cannot be told
   */
  public RpcServer(Path socket, SocketAddress tunnelEnd, Rooms rooms, PrintStream log)
      throws IOException {
    this.socket = socket;
    var failures = new Failures(log);
    var gate =
        new Gate(
            new Callers(Callers.ownUser()),
            rooms.seal()::refusal,
            new DeniedCalls(rooms.ledger(), rooms.clock()),
            failures);
    List<BindableService> forOperators =
        List.of(
            new OperatorEndpoint(rooms, failures), new HealthStatusManager().getHealthService());
    this.operators = listeners.unixSocket(socket, gate.guard(forOperators));
    this.installers =
        listeners.inProcess(tunnelEnd, gate.guard(List.of(new InstallerEndpoint(rooms.bundles()))));
  }

  /** Listens; the socket is 0600 when this returns. */
  public void start() throws IOException {
    installers.start();
    operators.start();
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
  }

  /** Takes no more calls, gives those under way a moment, ends them, removes the socket. */
  public void stop() throws IOException, InterruptedException {
    operators.shutdown();
    installers.shutdown();
    Files.deleteIfExists(socket);
    if (!operators.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
      operators.shutdownNow();
    }
    installers.shutdownNow();
    listeners.close(DRAIN);
  }
}
