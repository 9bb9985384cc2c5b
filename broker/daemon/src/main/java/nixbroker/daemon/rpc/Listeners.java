package nixbroker.daemon.rpc;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.local.LocalServerChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Builds the two servers; their limits are here. Two event loops carry both. */
final class Listeners {
  /** Longest request: a report of 256 lines of 4096 bytes, and its names. */
  private static final int LONGEST_MESSAGE = 2 << 20;

  private static final int LONGEST_METADATA = 8 << 10;
  private static final int MOST_CALLS = 64;

  /** Streams a peer may reset within a window of seconds before its connection is closed. */
  private static final int MOST_RESETS = 200;

  private static final int RESET_WINDOW = 30;

  private final NioEventLoopGroup loops = new NioEventLoopGroup(2);
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

  Server unixSocket(Path socket, List<ServerServiceDefinition> services) {
    return limited(
            NettyServerBuilder.forAddress(
                    UnixDomainSocketAddress.of(socket), PeerCred.credentials())
                .channelType(NioServerDomainSocketChannel.class))
        .addServices(services)
        .build();
  }

  Server inProcess(SocketAddress address, List<ServerServiceDefinition> services) {
    return limited(
            NettyServerBuilder.forAddress(address, InsecureServerCredentials.create())
                .channelType(LocalServerChannel.class))
        .addServices(services)
        .build();
  }

  private NettyServerBuilder limited(NettyServerBuilder builder) {
    return builder
        .bossEventLoopGroup(loops)
        .workerEventLoopGroup(loops)
        .executor(handlers)
        .maxInboundMessageSize(LONGEST_MESSAGE)
        .maxInboundMetadataSize(LONGEST_METADATA)
        .maxConcurrentCallsPerConnection(MOST_CALLS)
        .maxRstFramesPerWindow(MOST_RESETS, RESET_WINDOW)
        .keepAliveTime(60, TimeUnit.SECONDS)
        .keepAliveTimeout(20, TimeUnit.SECONDS)
        .permitKeepAliveTime(20, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Ends the event loops; the servers have ended before. */
  void close(Duration patience) throws InterruptedException {
    handlers.shutdownNow();
    loops
        .shutdownGracefully(0, 0, TimeUnit.MILLISECONDS)
        .await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
