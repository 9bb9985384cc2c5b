package nixbroker.daemon.tunnel;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.DefaultEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import io.grpc.netty.shaded.io.netty.channel.local.LocalServerChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.proto.v1.ClaimRequest;
import nixbroker.proto.v1.ClaimResponse;
import nixbroker.proto.v1.InstallerGrpc;

/** An open SSH port before a gRPC server that answers with its caller's address. */
final class OpenPort implements AutoCloseable {
  static final String BUNDLE = "0123456789abcdef";

  private static final Context.Key<String> CALLER = Context.key("caller");

  final SshEd25519Key hostKey = SshEd25519Key.generate();
  final SshEd25519Key tunnelKey = SshEd25519Key.generate();
  final Path tunnelKeyFile;
  private final DefaultEventLoopGroup group = new DefaultEventLoopGroup(2);
  private final Ledger ledger;
  private final Server server;
  private final SshPort port;

  OpenPort(Path folder) throws IOException {
    ledger = Ledger.open(Files.createDirectory(folder.resolve("ledger")), InstantSource.system());
    ledger.append(
        new Event.BundleIssued(
            BUNDLE,
            "home",
            "ganon",
            "00".repeat(32),
            tunnelKey.fingerprint(),
            Instant.now().plus(Duration.ofHours(1))));
    tunnelKeyFile = folder.resolve("tunnel_key");
    Files.createFile(
        tunnelKeyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(tunnelKeyFile, tunnelKey.privateKeyFile(""));
    Bundles bundles =
        new Bundles(
            new Bundles.Settings(Duration.ofHours(1), Optional.empty()),
            folder,
            null,
            null,
            ledger,
            InstantSource.system());
    LocalAddress grpc = new LocalAddress("test-installers-" + System.nanoTime());
    server = server(grpc);
    port = SshPort.open(new InetSocketAddress("127.0.0.1", 0), hostKey, bundles, group, grpc);
  }

  private Server server(LocalAddress address) throws IOException {
    return NettyServerBuilder.forAddress(address)
        .channelType(LocalServerChannel.class)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group)
        .directExecutor()
        .intercept(new CallerAddress())
        .addService(new Echo())
        .build()
        .start();
  }

  private static final class CallerAddress implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      Object from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      String id = from instanceof LocalAddress local ? local.id() : String.valueOf(from);
      return Contexts.interceptCall(Context.current().withValue(CALLER, id), call, headers, next);
    }
  }

  private static final class Echo extends InstallerGrpc.InstallerImplBase {
    @Override
    public void claim(ClaimRequest request, StreamObserver<ClaimResponse> answer) {
      answer.onNext(
          ClaimResponse.newBuilder()
              .setHost(CALLER.get() + " " + request.getToken().size())
              .build());
      answer.onCompleted();
    }
  }

  int number() {
    return port.number();
  }

  @Override
  public void close() {
    port.close();
    server.shutdownNow();
    group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    ledger.close();
  }
}
