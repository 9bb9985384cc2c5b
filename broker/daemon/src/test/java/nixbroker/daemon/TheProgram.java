package nixbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.StatusResponse;
import nixbroker.proto.v1.TreeStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TheProgram {
  @TempDir Path folder;
  private Path socket;

  @BeforeEach
  void names() {
    socket = folder.resolve("run/broker.sock");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Nested
  class Started {
    @Test
    void saysOnceThatItIsReadyAndSealed() throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        assertThat(broker.seen()).containsExactly("nbrokerd: ready on " + socket + ", sealed");
      }
    }

    @Test
    void keepsOthersFromSocketAndState() throws Exception {
      try (Nbrokerd _ = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        assertThat(mode(socket)).isEqualTo("rw-------");
        assertThat(mode(socket.getParent())).isEqualTo("rwx------");
        assertThat(mode(folder.resolve("state"))).isEqualTo("rwx------");
      }
    }

    @Test
    void answersStatusSealedSinceItsStart() throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        StatusResponse status = status();
        assertThat(status.getPid()).isEqualTo(broker.process.pid());
        assertThat(status.getVersion()).isEqualTo(Broker.VERSION);
        assertThat(status.getSealed().getWhy()).isEqualTo("start");
        assertThat(status.getSoftwareKey()).isFalse();
      }
    }

    @Test
    void saysWhatKeepsATreeFromBeingWorkedOn() throws Exception {
      Path config = Nbrokerd.configure(folder, "");
      Files.writeString(
          config, Files.readString(config).replace("{home", "{none: " + folder + "/none, home"));
      try (Nbrokerd _ = Nbrokerd.ready(config)) {
        assertThat(status().getTreesList())
            .extracting(TreeStatus::getName, tree -> tree.getProblem().isEmpty())
            .containsExactly(tuple("home", true), tuple("none", false));
      }
    }

    @Test
    void saysOnceThatASoftwareKeyIsNoRealKey() throws Exception {
      Path config = Nbrokerd.configure(folder, "hardware: {software-key: /nowhere}\n");
      try (Nbrokerd broker = Nbrokerd.ready(config)) {
        assertThat(broker.seen()).filteredOn(l -> l.contains("NOT A REAL KEY")).hasSize(1);
        assertThat(status().getSoftwareKey()).isTrue();
      }
    }

    @Test
    void recordsItsStartAndStop() throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        broker.signal("TERM");
        broker.exitCode();
      }
      try (Ledger ledger = Ledger.open(folder.resolve("state/ledger"), InstantSource.system())) {
        assertThat(ledger.entries())
            .extracting(entry -> entry.event().getClass().getSimpleName())
            .containsExactly("Started", "Stopped");
        assertThat(ledger.entries().getFirst().event()).isInstanceOf(Event.Started.class);
      }
    }
  }

  @Nested
  class Stopped {
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void byASignalEndsWithCodeZero(String signal) throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        broker.signal(signal);
        assertThat(broker.exitCode()).isZero();
      }
    }

    @Test
    void leavesNoSocket() throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        broker.signal("TERM");
        broker.exitCode();
        assertThat(socket).doesNotExist();
      }
    }

    @Test
    void saysNothingThatLooksLikeADefect() throws Exception {
      try (Nbrokerd broker = Nbrokerd.ready(Nbrokerd.configure(folder, ""))) {
        broker.signal("TERM");
        assertThat(broker.ended()).noneMatch(line -> line.contains("incident"));
      }
    }

    @Test
    void startsAgain() throws Exception {
      Path config = Nbrokerd.configure(folder, "");
      try (Nbrokerd broker = Nbrokerd.ready(config)) {
        broker.signal("TERM");
        broker.exitCode();
      }
      try (Nbrokerd _ = Nbrokerd.ready(config)) {
        assertThat(status().hasSealed()).isTrue();
      }
    }
  }

  @Nested
  class InTheWay {
    @Test
    void ofItselfIsNamedByItsPid() throws Exception {
      Path config = Nbrokerd.configure(folder, "");
      try (Nbrokerd first = Nbrokerd.ready(config);
          Nbrokerd second = Nbrokerd.start(config)) {
        assertThat(second.exitCode()).isEqualTo(4);
        assertThat(second.ended().getFirst())
            .startsWith("nbrokerd: error: a broker (pid " + first.process.pid() + ")");
        assertThat(status().getPid()).isEqualTo(first.process.pid());
      }
    }

    @Test
    void aKilledBrokersSocketIsReplaced() throws Exception {
      Path config = Nbrokerd.configure(folder, "");
      try (Nbrokerd killed = Nbrokerd.ready(config)) {
        killed.signal("KILL");
        killed.exitCode();
        assertThat(socket).exists();
      }
      try (Nbrokerd broker = Nbrokerd.ready(config)) {
        assertThat(status().getPid()).isEqualTo(broker.process.pid());
      }
    }

    @Test
    void anotherBrokersSocketIsLeftAlone() throws Exception {
      PrivateFolder.make(socket.getParent());
      try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        other.bind(UnixDomainSocketAddress.of(socket));
        try (Nbrokerd broker = Nbrokerd.start(Nbrokerd.configure(folder, ""))) {
          assertThat(broker.exitCode()).isEqualTo(4);
          assertThat(broker.ended().getFirst()).contains("another program answers on " + socket);
        }
      }
      assertThat(socket).exists();
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
      PrivateFolder.make(socket.getParent());
      Files.writeString(socket, "mine");
      try (Nbrokerd broker = Nbrokerd.start(Nbrokerd.configure(folder, ""))) {
        assertThat(broker.exitCode()).isEqualTo(4);
      }
      assertThat(socket).hasContent("mine");
    }

    @Test
    void aPathThatIsTooLongForASocketIsNamed() throws Exception {
      Path config = folder.resolve("config.yaml");
      Files.writeString(
          config,
          "trees: {home: /x}\nstate: %1$s/s\nsocket: %1$s/%2$s/b.sock\n"
              .formatted(folder, "x".repeat(100)));
      try (Nbrokerd broker = Nbrokerd.start(config)) {
        assertThat(broker.exitCode()).isEqualTo(4);
        assertThat(broker.ended().getFirst()).contains("and a socket may have 107");
      }
    }

    @Test
    void aFolderThatOthersCanEnterIsRefused() throws Exception {
      Files.createDirectory(
          folder.resolve("state"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      try (Nbrokerd broker = Nbrokerd.start(Nbrokerd.configure(folder, ""))) {
        assertThat(broker.exitCode()).isEqualTo(4);
        assertThat(broker.ended()).contains("hint: chmod 700 " + folder.resolve("state"));
      }
    }

    @Test
    void anUnknownKeyIsNamed() throws Exception {
      Path config = Nbrokerd.configure(folder, "seel: {idle: 1h}\n");
      try (Nbrokerd broker = Nbrokerd.start(config)) {
        assertThat(broker.exitCode()).isEqualTo(2);
        assertThat(broker.ended())
            .containsExactly(
                "nbrokerd: error: " + config + ":4: unknown key 'seel'",
                "hint: did you mean 'seal'?");
      }
    }

    @Test
    void anUnknownArgumentIsNamed() throws Exception {
      try (Nbrokerd broker = Nbrokerd.run(List.of(), "--cofnig")) {
        assertThat(broker.exitCode()).isEqualTo(2);
        assertThat(broker.ended().getFirst())
            .isEqualTo("nbrokerd: error: unknown argument '--cofnig'");
      }
    }
  }

  @Nested
  class WithAHealthPage {
    @Test
    void showsThatItIsUpAndSealed() throws Exception {
      Path config = Nbrokerd.configure(folder, "health: {port: 0}\n");
      try (Nbrokerd broker = Nbrokerd.start(config)) {
        String line = broker.awaitLine("nbrokerd: health on ");
        HttpResponse<String> page = get(line.substring("nbrokerd: health on ".length()));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body().strip()).isEqualTo("{\"status\":\"UP\",\"sealed\":true}");
      }
    }

    @Test
    void doesNotStartOnAPortThatIsTaken() throws Exception {
      try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
        Path config = Nbrokerd.configure(folder, "health: {port: " + taken.getLocalPort() + "}\n");
        try (Nbrokerd broker = Nbrokerd.start(config)) {
          assertThat(broker.exitCode()).isEqualTo(4);
          assertThat(broker.ended())
              .anyMatch(l -> l.contains("port " + taken.getLocalPort() + " of 127.0.0.1"));
        }
      }
      assertThat(socket).doesNotExist();
    }

    @Test
    void loadsNoWebServerWithoutOne() throws Exception {
      Path config = Nbrokerd.configure(folder, "");
      Path log = folder.resolve("classes");
      try (Nbrokerd broker =
          Nbrokerd.run(List.of("-Xlog:class+load:file=" + log), "--config", config.toString())) {
        broker.awaitLine("nbrokerd: ready");
      }
      assertThat(Files.readString(log)).doesNotContain("io.helidon.webserver.");
    }

    private HttpResponse<String> get(String address) throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        return client.send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofString());
      }
    }
  }

  private StatusResponse status() throws InterruptedException {
    var loop = new NioEventLoopGroup(1);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                UnixDomainSocketAddress.of(socket), InsecureChannelCredentials.create())
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(loop)
            .build();
    try {
      return OperatorGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .status(StatusRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
    }
  }
}
