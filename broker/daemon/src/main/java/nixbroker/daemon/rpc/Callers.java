package nixbroker.daemon.rpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.shaded.io.netty.channel.local.LocalAddress;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nixbroker.daemon.policy.Caller;

/** Tells from a connection who calls. */
final class Callers {
  /**
   * How the tunnel names the near end of a bundle's connection: bundle, a count, and (if told) the
   * machine's network address.
   */
  private static final Pattern BUNDLE =
      Pattern.compile("bundle:([0-9a-f]{16})#[0-9]+(?:@([0-9a-z.:\\[\\]%_-]{1,80}))?");

  private static final Pattern REAL_UID = Pattern.compile("(?m)^Uid:\\s+(\\d+)");

  private final UserPrincipal self;

  Callers(UserPrincipal self) {
    this.self = self;
  }

  /**
   * The user this process runs as. Asked by number, because a user may have no name; the JDK
   * compares such principals by uid.
   */
  static UserPrincipal ownUser() throws IOException {
    Matcher uid = REAL_UID.matcher(Files.readString(Path.of("/proc/self/status")));
    if (!uid.find()) {
      throw new IOException("/proc/self/status names no uid");
    }
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(uid.group(1));
  }

  Caller of(Attributes connection) {
    UserPrincipal peer = connection.get(PeerCred.PEER);
    if (peer != null) {
      return peer.equals(self)
          ? new Caller.Operator(peer.getName())
          : new Caller.Stranger(peer.getName());
    }
    Matcher bundle = nearEnd(connection);
    return bundle.matches()
        ? new Caller.Installer(bundle.group(1))
        : new Caller.Stranger("unknown");
  }

  /** The network address behind a tunnel's connection; empty when the tunnel does not say. */
  static String networkAddress(Attributes connection) {
    Matcher bundle = nearEnd(connection);
    return bundle.matches() && bundle.group(2) != null ? bundle.group(2) : "";
  }

  private static Matcher nearEnd(Attributes connection) {
    return BUNDLE.matcher(
        connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof LocalAddress near
            ? near.id()
            : "");
  }
}
