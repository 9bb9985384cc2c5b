package nixbroker.cli;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A gRPC server on a Unix socket whose answers are fixed: what nbctl is shown against. */
final class ScriptedBroker implements AutoCloseable {
  /** Netty remarks on options that Unix sockets lack, and on the death we deal it. */
  private static final Logger QUIET = Logger.getLogger("io.grpc.netty.shaded");

  static {
    QUIET.setLevel(Level.OFF);
  }

  private final EventLoopGroup events = new NioEventLoopGroup(1);
  private final ScriptedOperator operator;
  private final Server server;

  ScriptedBroker(Path socket, Path home, ScriptedOperator.Mood mood) throws IOException {
    operator = new ScriptedOperator(home, mood, this::die);
    server =
        NettyServerBuilder.forAddress(
                UnixDomainSocketAddress.of(socket), InsecureServerCredentials.create())
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(events)
            .workerEventLoopGroup(events)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .addService(operator)
            .build()
            .start();
  }

  boolean sawACancellation() throws InterruptedException {
    return operator.cancelled.await(20, TimeUnit.SECONDS);
  }

  /** As far as a client can see, kill -9. */
  private void die() {
    events.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    server.shutdownNow();
    die();
  }
}
