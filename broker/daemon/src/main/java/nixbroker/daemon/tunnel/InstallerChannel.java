package nixbroker.daemon.tunnel;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;

/** A {@code direct-tcpip} channel to {@code broker:1}, which is the gRPC server in this process. */
final class InstallerChannel extends AbstractServerChannel {
  private static final String HOST = "broker";
  private static final int PORT = 1;

  /** The only kind of channel this server knows: no session, so no shell, command or subsystem. */
  static final class Factory implements ChannelFactory {
    private final EventLoopGroup group;
    private final SocketAddress grpc;
    private final AtomicLong connections = new AtomicLong();

    Factory(EventLoopGroup group, SocketAddress grpc) {
      this.group = group;
      this.grpc = grpc;
    }

    @Override
    public String getName() {
      return "direct-tcpip";
    }

    @Override
    public Channel createChannel(Session session) {
      return new InstallerChannel(this);
    }

    private LocalPipe connect(Session session) throws IOException {
      String bundle = session.getAttribute(TunnelKeys.BUNDLE);
      if (bundle == null) {
        throw new IOException("no bundle was proven");
      }
      String name = "bundle:" + bundle + "#" + connections.incrementAndGet() + "@" + peer(session);
      return LocalPipe.connect(group, new LocalAddress(name), grpc);
    }

    private static String peer(Session session) {
      return session.getRemoteAddress() instanceof InetSocketAddress inet
          ? inet.getAddress().getHostAddress()
          : "unknown";
    }
  }

  private final Factory factory;
  private ChannelPipedInputStream fromInstaller;
  private volatile LocalPipe pipe;

  private InstallerChannel(Factory factory) {
    super("", List.of(), null);
    this.factory = factory;
  }

  @Override
  protected OpenFuture doInit(Buffer buffer) {
    OpenFuture opening = new DefaultOpenFuture(this, this);
    if (!HOST.equals(buffer.getString()) || buffer.getInt() != PORT) {
      return refuse(opening, SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "only broker:1");
    }
    try {
      pipe = factory.connect(getSession());
    } catch (IOException e) {
      return refuse(opening, SshConstants.SSH_OPEN_CONNECT_FAILED, e.getMessage());
    }
    fromInstaller = new ChannelPipedInputStream(this, getLocalWindow());
    ChannelOutputStream toInstaller =
        new ChannelOutputStream(
            this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
    toInstaller.setNoDelay(true);
    // the confirmation goes out inside this call; the server's first bytes must come after it
    signalChannelOpenSuccess();
    opening.setOpened();
    pipe.start(fromInstaller, toInstaller, () -> close(false));
    return opening;
  }

  private OpenFuture refuse(OpenFuture opening, int code, String why) {
    opening.setException(new SshChannelOpenException(getChannelId(), code, why));
    close(true);
    return opening;
  }

  @Override
  protected void doWriteData(byte[] data, int off, long len) throws IOException {
    fromInstaller.receive(data, off, Math.toIntExact(len));
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int off, long len) throws IOException {
    throw new IOException("an installer sends no extended data");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    if (fromInstaller != null) {
      fromInstaller.eof();
    }
  }

  @Override
  protected void preClose() {
    LocalPipe open = pipe;
    if (open != null) {
      fromInstaller.eof();
      open.close();
    }
    super.preClose();
  }
}
