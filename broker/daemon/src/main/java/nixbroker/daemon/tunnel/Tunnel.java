package nixbroker.daemon.tunnel;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The SSH server installers reach: only direct-tcpip to broker:1, which ends inside this process.
 */
public final class Tunnel implements AutoCloseable {
  public record Settings(InetSocketAddress listen) {}

  public Tunnel(Settings settings, nixbroker.daemon.bundle.Bundles bundles, SocketAddress grpc) {
    throw new UnsupportedOperationException();
  }

  public boolean isOpen() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
