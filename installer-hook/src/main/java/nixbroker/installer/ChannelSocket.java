package nixbroker.installer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.apache.sshd.client.channel.ChannelDirectTcpip;

/** An SSH channel in the shape grpc-okhttp wants: a connected socket. No port is opened here. */
final class ChannelSocket extends Socket {
  private final ChannelDirectTcpip channel;

  private ChannelSocket(ChannelDirectTcpip channel) {
    this.channel = channel;
  }

  /**
   * Gives a new channel of the line for each socket asked for; the address asked for is nothing.
   */
  static final class Factory extends SocketFactory {
    private final SshLine line;

    Factory(SshLine line) {
      this.line = line;
    }

    @Override
    public Socket createSocket() throws IOException {
      return new ChannelSocket(line.open());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
        throws IOException {
      return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
        throws IOException {
      return createSocket();
    }
  }

  @Override
  public InputStream getInputStream() {
    return channel.getInvertedOut();
  }

  @Override
  public OutputStream getOutputStream() {
    return channel.getInvertedIn();
  }

  @Override
  public void close() throws IOException {
    channel.close(true);
    super.close();
  }

  @Override
  public boolean isConnected() {
    return true;
  }

  @Override
  public boolean isBound() {
    return true;
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public InetAddress getInetAddress() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return InetSocketAddress.createUnresolved("broker", 1);
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return InetSocketAddress.createUnresolved("localhost", 0);
  }

  // A channel has none of a TCP socket's options; setting them changes nothing.

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public void setSoTimeout(int millis) {}

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public String toString() {
    return "ChannelSocket[" + channel + "]";
  }
}
