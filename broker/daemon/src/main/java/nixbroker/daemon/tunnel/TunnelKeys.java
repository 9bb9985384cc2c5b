package nixbroker.daemon.tunnel;

import java.security.PublicKey;
import java.util.Optional;
import nixbroker.daemon.bundle.Bundles;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;

/**
 * Who may come in: user {@code bundle} with a key that some ticket carries. MINA asks before it has
 * checked the signature, so asking only looks; {@link #BUNDLE} says nothing until the session is
 * authenticated, and channels exist only after that.
 */
final class TunnelKeys implements PublickeyAuthenticator {
  static final AttributeKey<String> BUNDLE = new AttributeKey<>();

  private static final String USER = "bundle";

  private final Bundles bundles;

  TunnelKeys(Bundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public boolean authenticate(String user, PublicKey key, ServerSession session) {
    if (!USER.equals(user)) {
      return false;
    }
    Optional<String> bundle = bundles.ofTunnelKey(KeyUtils.getFingerPrint(key));
    // a session that tried several keys is that of the last one tried, which is the one checked
    bundle.ifPresentOrElse(
        id -> ((Session) session).setAttribute(BUNDLE, id),
        () -> ((Session) session).removeAttribute(BUNDLE));
    return bundle.isPresent();
  }
}
