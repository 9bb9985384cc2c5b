package nixbroker.daemon.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nixbroker.age.SshEd25519Key;
import nixbroker.proto.v1.ClaimRequest;
import nixbroker.proto.v1.InstallerGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tried with stock OpenSSH. */
class TheSshPort {
  @TempDir Path folder;
  private OpenPort port;

  @BeforeEach
  void open() throws IOException {
    port = new OpenPort(folder);
    Files.writeString(
        folder.resolve("known_hosts"),
        "[127.0.0.1]:" + port.number() + " " + port.hostKey.publicKeyLine("") + "\n");
  }

  @AfterEach
  void close() {
    port.close();
  }

  private List<String> ssh(String... more) {
    return sshAs("bundle", more);
  }

  private List<String> sshAs(String user, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "ssh",
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "UserKnownHostsFile=" + folder.resolve("known_hosts"),
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "ExitOnForwardFailure=yes",
                "-i",
                port.tunnelKeyFile.toString(),
                "-p",
                String.valueOf(port.number()),
                "-l",
                user));
    words.addAll(List.of(more));
    return words;
  }

  private record Ended(int exit, String said) {}

  private static Ended run(List<String> words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ssh ends").isTrue();
    return new Ended(process.exitValue(), said);
  }

  @Test
  void carriesGrpcForStockSshAndNamesTheBundle() throws Exception {
    Path socket = folder.resolve("local.sock");
    Process tunnel =
        new ProcessBuilder(ssh("-N", "-v", "-L", socket + ":broker:1", "127.0.0.1"))
            .redirectErrorStream(true)
            .start();
    try {
      awaitLine(tunnel.getInputStream(), "Entering interactive session");
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(java.net.UnixDomainSocketAddress.of(socket))
              .channelType(
                  io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel.class)
              .eventLoopGroup(new io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup(1))
              .usePlaintext()
              .build();
      String answer =
          InstallerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(10, TimeUnit.SECONDS)
              .claim(
                  ClaimRequest.newBuilder()
                      .setToken(ByteString.copyFrom(new byte[200_000]))
                      .build())
              .getHost();
      channel.shutdownNow();
      assertThat(answer).matches("bundle:" + OpenPort.BUNDLE + "#1@127\\.0\\.0\\.1 200000");
    } finally {
      tunnel.destroy();
    }
  }

  private static void awaitLine(InputStream in, String part) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.append((char) b);
      if (line.indexOf(part) >= 0) {
        return;
      }
    }
    throw new IOException("ssh said: " + line);
  }

  @Test
  void refusesAShell() throws Exception {
    assertThat(run(ssh("127.0.0.1"))).satisfies(TheSshPort::isRefused);
  }

  @Test
  void refusesACommand() throws Exception {
    assertThat(run(ssh("127.0.0.1", "id"))).satisfies(TheSshPort::isRefused);
  }

  @Test
  void refusesASubsystem() throws Exception {
    assertThat(run(ssh("-s", "127.0.0.1", "sftp"))).satisfies(TheSshPort::isRefused);
  }

  private static void isRefused(Ended ended) {
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.said()).contains("unknown channel type").doesNotContain("uid=");
  }

  @Test
  void refusesForwardingAnywhereElse() throws Exception {
    try (ServerSocket other = new ServerSocket(0)) {
      Ended ended = run(ssh("-W", "127.0.0.1:" + other.getLocalPort(), "127.0.0.1"));
      assertThat(ended.exit()).isEqualTo(255);
      assertThat(ended.said()).contains("administratively prohibited");
    }
  }

  @Test
  void refusesAnotherPortOfTheBroker() throws Exception {
    assertThat(run(ssh("-W", "broker:22", "127.0.0.1")).said())
        .contains("administratively prohibited");
  }

  @Test
  void refusesRemoteForwarding() throws Exception {
    Ended ended = run(ssh("-N", "-R", "0:127.0.0.1:1", "127.0.0.1"));
    assertThat(ended.exit()).isEqualTo(255);
    assertThat(ended.said()).contains("remote port forwarding failed");
  }

  @Test
  void refusesAnotherUser() throws Exception {
    Ended ended = run(sshAs("root", "-W", "broker:1", "127.0.0.1"));
    assertThat(ended.said()).contains("Permission denied (publickey)");
  }

  @Test
  void refusesAKeyOfNoTicket() throws Exception {
    try (SshEd25519Key stranger = SshEd25519Key.generate()) {
      Files.write(port.tunnelKeyFile, stranger.privateKeyFile(""));
    }
    assertThat(run(ssh("-W", "broker:1", "127.0.0.1")).said())
        .contains("Permission denied (publickey)");
  }

  @Test
  void offersPublicKeysOnly() throws Exception {
    Ended ended =
        run(ssh("-v", "-o", "PreferredAuthentications=password,keyboard-interactive", "127.0.0.1"));
    assertThat(ended.said()).contains("Authentications that can continue: publickey\n".trim());
    assertThat(ended.said()).contains("Permission denied (publickey)");
  }

  @Test
  void agreesOnStrictKeyExchangeAndAnAuthenticatedCipher() throws Exception {
    String said = run(ssh("-vv", "127.0.0.1")).said();
    assertThat(said).contains("kex: algorithm: sntrup761x25519-sha512");
    assertThat(said).contains("host key algorithm: ssh-ed25519");
    assertThat(said).contains("cipher: chacha20-poly1305@openssh.com");
    assertThat(said).contains("kex-strict-s-v00@openssh.com");
  }

  @Test
  void keepsOnlySoManyWhoHaveProvenNothing() throws Exception {
    List<Socket> knocking = new ArrayList<>();
    try {
      int kept = 0;
      for (int i = 0; i < Doorkeeper.MOST_UNPROVEN + 20; i++) {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", port.number()));
        socket.setSoTimeout(5000);
        knocking.add(socket);
        kept += socket.getInputStream().read() == 'S' ? 1 : 0;
      }
      assertThat(kept).isEqualTo(Doorkeeper.MOST_UNPROVEN);
    } finally {
      for (Socket socket : knocking) {
        socket.close();
      }
    }
  }
}
