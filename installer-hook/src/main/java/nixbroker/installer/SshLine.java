package nixbroker.installer;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import nixbroker.age.SshEd25519Key;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * The SSH connection to the broker, made again when it was lost. The broker's host key is compared
 * with the ticket's before anything of the ticket is sent.
 */
final class SshLine implements AutoCloseable {
  private static final String USER = "bundle";
  private static final SshdSocketAddress API = new SshdSocketAddress("broker", 1);
  private static final SshdSocketAddress HERE = new SshdSocketAddress("localhost", 0);
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration OPEN = Duration.ofSeconds(10);
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);

  private final Ticket ticket;
  private final SshClient client = client();
  private final AtomicReference<String> otherKey = new AtomicReference<>();
  private ClientSession session;

  SshLine(Ticket ticket) {
    this.ticket = ticket;
    client.setServerKeyVerifier(
        (s, address, key) -> {
          String shown = KeyUtils.getFingerPrint(key);
          boolean pinned = ticket.hostKey().equals(shown);
          otherKey.set(pinned ? null : shown);
          return pinned;
        });
    client.start();
  }

  private static SshClient client() {
    SshClient client =
        ClientBuilder.builder()
            .keyExchangeFactories(
                List.of(
                        BuiltinDHFactories.mlkem768x25519,
                        BuiltinDHFactories.sntrup761x25519,
                        BuiltinDHFactories.sntrup761x25519_openssh,
                        BuiltinDHFactories.curve25519)
                    .stream()
                    .<KeyExchangeFactory>map(ClientBuilder.DH2KEX::apply)
                    .toList())
            .cipherFactories(List.of(BuiltinCiphers.cc20p1305_openssh, BuiltinCiphers.aes256gcm))
            .macFactories(List.of(BuiltinMacs.hmacsha256etm))
            .signatureFactories(List.of(BuiltinSignatures.ed25519))
            .hostConfigEntryResolver(HostConfigEntryResolver.EMPTY)
            .channelFactories(List.of())
            .build();
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    // nothing of this machine's own SSH set-up takes part
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setSessionHeartbeat(HeartbeatType.IGNORE, HEARTBEAT);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, 3);
    CoreModuleProperties.HEARTBEAT_REQUEST.set(client, "keepalive@openssh.com");
    return client;
  }

  /**
   * Makes sure there is a connection.
   *
   * @throws Failure when trying again cannot help: another host key, a key that is not known
   * @throws IOException when it can
   */
  synchronized void connect() throws Failure, IOException {
    if (session != null && session.isOpen()) {
      return;
    }
    ClientSession fresh =
        client
            .connect(USER, ticket.addressHost(), ticket.addressPort())
            .verify(CONNECT)
            .getSession();
    boolean proven = false;
    try {
      fresh.addPublicKeyIdentity(keyPair(ticket.tunnelKey()));
      fresh.auth().verify(CONNECT);
      session = fresh;
      proven = true;
    } catch (SshException e) {
      throw explained(fresh, e);
    } finally {
      if (!proven) {
        fresh.close(true);
      }
    }
  }

  private IOException explained(ClientSession fresh, SshException e) throws Failure {
    String shown = otherKey.get();
    if (shown != null) {
      throw Failure.refused(
          "BROKER_NOT_PINNED",
          "the broker at "
              + ticket.address()
              + " shows "
              + shown
              + ", the ticket names "
              + ticket.hostKey()
              + "; nothing was sent",
          "you may be talking to another machine; compare with `nbctl status` on the laptop");
    }
    if (fresh.getServerKey() != null
        && e.getMessage() != null
        && e.getMessage().contains("No more authentication methods")) {
      throw Failure.refused(
          "TICKET_WRONG",
          "the broker at " + ticket.address() + " does not know this ticket",
          "make another on the laptop: nbctl bundle issue " + ticket.host());
    }
    return e;
  }

  /** A channel to the installer API on the connection there is. */
  synchronized ChannelDirectTcpip open() throws IOException {
    if (session == null || !session.isOpen()) {
      throw new IOException("the connection to the broker was lost");
    }
    ChannelDirectTcpip channel = session.createDirectTcpipChannel(HERE, API);
    channel.open().verify(OPEN);
    return channel;
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

  @Override
  public synchronized void close() {
    if (session != null) {
      session.close(true);
    }
    client.stop();
  }
}
