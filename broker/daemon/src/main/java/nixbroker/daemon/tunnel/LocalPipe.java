package nixbroker.daemon.tunnel;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import io.grpc.netty.shaded.io.netty.channel.local.LocalChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Carries bytes between an SSH channel's streams and the gRPC server's local address, one thread
 * for each direction. Neither direction reads more before what it read was taken.
 */
final class LocalPipe {
  private static final int CHUNK = 16 * 1024;

  /** Stands for the end of the server's stream in the queue. */
  private static final ByteBuf END = Unpooled.EMPTY_BUFFER;

  private final LinkedBlockingQueue<ByteBuf> fromServer = new LinkedBlockingQueue<>();
  private final Channel channel;

  private LocalPipe(EventLoopGroup group, LocalAddress from, SocketAddress to) throws IOException {
    ChannelFuture connect =
        new Bootstrap()
            .group(group)
            .channel(LocalChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new Receiver())
            .connect(to, from)
            .awaitUninterruptibly();
    if (!connect.isSuccess()) {
      throw new IOException("the installer API does not answer", connect.cause());
    }
    channel = connect.channel();
  }

  /** Connects; nothing is carried before {@link #start}. */
  static LocalPipe connect(EventLoopGroup group, LocalAddress from, SocketAddress to)
      throws IOException {
    return new LocalPipe(group, from, to);
  }

  /** Runs until either side ends; then calls ended, once for each direction. */
  void start(InputStream in, OutputStream out, Runnable ended) {
    Thread.ofVirtual().name("tunnel-up").start(() -> carry(() -> up(in), ended));
    Thread.ofVirtual().name("tunnel-down").start(() -> carry(() -> down(out), ended));
  }

  void close() {
    channel.close();
  }

  private interface Direction {
    void run() throws IOException, InterruptedException;
  }

  private void carry(Direction direction, Runnable ended) {
    try {
      direction.run();
    } catch (IOException lineLost) {
      // either end hanging up is how a connection ends; who waits for an answer sees it there
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      channel.close();
      ended.run();
    }
  }

  private void up(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      ChannelFuture written =
          channel.writeAndFlush(Unpooled.copiedBuffer(chunk, 0, n)).awaitUninterruptibly();
      if (!written.isSuccess()) {
        throw new IOException("the installer API hung up", written.cause());
      }
    }
  }

  private void down(OutputStream out) throws IOException, InterruptedException {
    channel.read();
    for (ByteBuf next = fromServer.take(); next != END; next = fromServer.take()) {
      try {
        next.readBytes(out, next.readableBytes());
      } finally {
        next.release();
      }
      if (fromServer.isEmpty()) {
        out.flush();
        channel.read();
      }
    }
  }

  /** The server's bytes, onto the queue. */
  private final class Receiver extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      fromServer.add((ByteBuf) message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fromServer.add(END);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
