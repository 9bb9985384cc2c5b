package nixbroker.cli;

import java.security.Provider;
import java.security.Security;
import javax.net.ssl.SSLContext;

/**
 * A TLS context that can do nothing. gRPC's transport looks at the default one even for a plain
 * connection, and the JDK's parses every certificate authority first: more work than all the rest
 * of a call. nbctl speaks to a Unix socket only, so it needs none.
 */
final class NoTls extends SSLContext {
  private static final class None extends Provider {
    private static final long serialVersionUID = 1L;

    None() {
      super("none", "1", "no TLS");
    }
  }

  private NoTls() {
    super(null, new None(), "none");
  }

  /**
   * Before gRPC's first class. It also asks for every security provider, so the first is the last.
   */
  static void install() {
    Security.setProperty("security.provider.2", "");
    setDefault(new NoTls());
  }
}
