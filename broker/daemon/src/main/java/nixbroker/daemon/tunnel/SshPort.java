package nixbroker.daemon.tunnel;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/** The open SSH port: MINA SSHD with everything taken away that installers do not need. */
final class SshPort implements AutoCloseable {
  /** ML-KEM first: it is quick here, and whoever records today cannot read it in ten years. */
  private static final List<BuiltinDHFactories> KEY_EXCHANGES =
      List.of(
          BuiltinDHFactories.mlkem768x25519,
          BuiltinDHFactories.sntrup761x25519,
          BuiltinDHFactories.sntrup761x25519_openssh,
          BuiltinDHFactories.curve25519,
          BuiltinDHFactories.curve25519_libssh);

  private static final Duration AUTHENTICATION = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofMinutes(10);
  private static final Duration HEARTBEAT = Duration.ofSeconds(30);
  private static final int HEARTBEATS_MISSED = 3;
  private static final int AUTHENTICATION_TRIES = 3;
  private static final int CHANNELS = 4;

  /** What strangers do at an open port is no news; held, as loggers nobody holds are forgotten. */
  private static final Logger LIBRARY = Logger.getLogger("org.apache.sshd");

  static {
    LIBRARY.setLevel(Level.SEVERE);
  }

  private final SshServer server;
  private final String hostKey;

  private SshPort(SshServer server, String hostKey) {
    this.server = server;
    this.hostKey = hostKey;
  }

  /** Binds and listens; TUNNEL_FAILED when the port cannot be had. */
  static SshPort open(
      InetSocketAddress listen,
      SshEd25519Key hostKey,
      Bundles bundles,
      EventLoopGroup group,
      SocketAddress grpc) {
    SshServer server = trimmed();
    server.setHost(listen.getHostString());
    server.setPort(listen.getPort());
    server.setKeyPairProvider(KeyPairProvider.wrap(keyPair(hostKey)));
    server.setPublickeyAuthenticator(new TunnelKeys(bundles));
    server.setChannelFactories(List.of(new InstallerChannel.Factory(group, grpc)));
    server.addSessionListener(new Doorkeeper());
    try {
      server.start();
    } catch (IOException e) {
      throw new Refusal.Declined(
          Reason.TUNNEL_FAILED,
          "cannot listen on "
              + listen.getHostString()
              + ":"
              + listen.getPort()
              + ": "
              + e.getMessage(),
          "free the port, or set another tunnel.listen in config.yaml");
    }
    return new SshPort(server, hostKey.fingerprint());
  }

  private static SshServer trimmed() {
    SshServer server =
        ServerBuilder.builder()
            .keyExchangeFactories(
                KEY_EXCHANGES.stream()
                    .<KeyExchangeFactory>map(ServerBuilder.DH2KEX::apply)
                    .toList())
            .cipherFactories(List.of(BuiltinCiphers.cc20p1305_openssh, BuiltinCiphers.aes256gcm))
            // both ciphers authenticate by themselves; SSH wants a name to agree on
            .macFactories(List.of(BuiltinMacs.hmacsha256etm))
            .signatureFactories(List.of(BuiltinSignatures.ed25519))
            .compressionFactories(List.of(BuiltinCompressions.none))
            .forwardingFilter(RejectAllForwardingFilter.INSTANCE)
            .globalRequestHandlers(List.of(new KeepAliveHandler()))
            .build();
    server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    server.setSubsystemFactories(List.of());
    server.setSessionHeartbeat(HeartbeatType.IGNORE, HEARTBEAT);
    CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "nixbroker");
    CoreModuleProperties.AUTH_TIMEOUT.set(server, AUTHENTICATION);
    CoreModuleProperties.IDLE_TIMEOUT.set(server, IDLE);
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, AUTHENTICATION_TRIES);
    CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, CHANNELS);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(server, HEARTBEATS_MISSED);
    return server;
  }

  private static KeyPair keyPair(SshEd25519Key key) {
    byte[] seed = key.toJca().getBytes().orElseThrow();
    try {
      return new KeyPair(
          SecurityUtils.generateEDDSAPublicKey(KeyPairProvider.SSH_ED25519, key.publicKey()),
          SecurityUtils.generateEDDSAPrivateKey(KeyPairProvider.SSH_ED25519, seed));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("Bouncy Castle cannot take an Ed25519 key", e);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  String hostKey() {
    return hostKey;
  }

  /** The port that is listened on. */
  int number() {
    return server.getPort();
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException("the SSH port does not close", e);
    }
  }
}
