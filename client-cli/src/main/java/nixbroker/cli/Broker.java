package nixbroker.cli;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.OperatorGrpc.OperatorBlockingStub;

/** The connection to the broker's Unix socket. */
final class Broker implements AutoCloseable {
  static final long DEADLINE_SECONDS = 30;

  private final ManagedChannel channel;

  private Broker(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Connects at once, so that "no broker" is known before anything is asked. */
  static Broker connect(Path socket) {
    SocketChannel connection;
    try {
      connection = open(socket);
    } catch (IOException e) {
      throw Failure.of(Exit.NO_BROKER, "NO_BROKER", why(socket, e), Refusals.START);
    }
    NoTls.install();
    // gRPC's loggers are configured by a class that does nothing, and so stay silent.
    System.setProperty("java.util.logging.config.class", "java.lang.Object");
    return new Broker(
        OkHttpChannelBuilder.forAddress("127.0.0.1", 1, InsecureChannelCredentials.create())
            .socketFactory(new UnixSocketFactory(connection))
            .overrideAuthority("broker")
            .proxyDetector(address -> null)
            .disableRetry()
            .directExecutor()
            .build());
  }

  private static SocketChannel open(Path socket) throws IOException {
    SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      connection.connect(UnixDomainSocketAddress.of(socket));
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private static String why(Path socket, IOException error) {
    if (!Files.exists(socket)) {
      return "no broker runs: there is no socket " + socket;
    }
    if (error instanceof ConnectException) {
      return "no broker runs: nothing listens on " + socket;
    }
    return "cannot connect to " + socket + ": " + error.getMessage();
  }

  /** For a call that answers once, within {@value #DEADLINE_SECONDS} s. */
  OperatorBlockingStub unary() {
    return stub().withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /** For a call that lasts as long as a person, or an installation, takes. */
  OperatorBlockingStub stub() {
    return OperatorGrpc.newBlockingStub(channel);
  }

  /** Cancels what still runs, and waits: the JVM's exit is slow beside a thread that reads. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
