package nixbroker.daemon;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Makes way for the socket: its folder, and what a broker that was killed has left. */
final class SocketFile {
  /** sun_path has 108 bytes, the last a zero (unix(7)). */
  private static final int LONGEST = 107;

  private SocketFile() {}

  /** Nothing is at the path when this returns. */
  static void clear(Path socket) {
    int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new StartFailure(
          StartFailure.REFUSED,
          "the socket's path is " + length + " bytes long, and a socket may have 107: " + socket,
          "set `socket` in the configuration to a shorter one");
    }
    PrivateFolder.make(socket.getParent());
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      removeStale(socket);
    }
  }

  private static void removeStale(Path socket) {
    try {
      BasicFileAttributes what =
          Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!what.isOther()) {
        throw new StartFailure(
            StartFailure.REFUSED,
            socket + " is there and is no socket",
            "move it away, or set `socket` in the configuration");
      }
      if (isAnswered(socket)) {
        throw new StartFailure(
            StartFailure.REFUSED,
            "another program answers on " + socket,
            "stop the broker that uses another state folder, or set `socket`");
      }
      Files.delete(socket);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.REFUSED,
          socket + " cannot be looked at (" + e.getClass().getSimpleName() + ")",
          "ls -l " + socket);
    }
  }

  private static boolean isAnswered(Path socket) throws IOException {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return probe.isConnected();
    } catch (ConnectException nobody) {
      return false;
    }
  }
}
