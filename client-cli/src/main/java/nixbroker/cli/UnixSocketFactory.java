package nixbroker.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;

/**
 * Hands the one connected Unix socket to gRPC's transport, which wants a {@link Socket}. There is
 * no second one: a lost connection ends the call, since a repeated request might do its work twice.
 */
final class UnixSocketFactory extends SocketFactory {
  private SocketChannel channel;

  UnixSocketFactory(SocketChannel channel) {
    this.channel = channel;
  }

  private synchronized Socket take() throws IOException {
    if (channel == null) {
      throw new IOException("the connection to the broker is lost");
    }
    Socket socket = new ChannelSocket(channel);
    channel = null;
    return socket;
  }

  @Override
  public Socket createSocket() throws IOException {
    return take();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return take();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return take();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return take();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return take();
  }

  private static final class ChannelSocket extends Socket {
    private final SocketChannel channel;

    ChannelSocket(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public InputStream getInputStream() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
      return InetSocketAddress.createUnresolved("broker", 1);
    }

    @Override
    public boolean isConnected() {
      return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
      return !channel.isOpen();
    }

    @Override
    public void setTcpNoDelay(boolean on) {
      // A Unix socket has no such delay.
    }

    @Override
    public void setSoTimeout(int timeout) {
      // gRPC's deadlines decide.
    }

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
