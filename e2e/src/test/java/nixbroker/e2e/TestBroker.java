package nixbroker.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nixbroker.age.AgeException;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.mint.Unlock;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.rpc.Rooms;
import nixbroker.daemon.rpc.RpcServer;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.daemon.tunnel.Tunnel;
import nixbroker.secret.LibCrypto;
import nixbroker.sops.DataKey;
import nixbroker.sops.RuleOptions;
import nixbroker.sops.SopsFile;

/** The broker's rooms in this process, with a clock to turn; one tree, one minted host: ganon. */
final class TestBroker implements AutoCloseable {
  static final String PASSPHRASE = "open-sesame-of-ganon";

  private static final TreeName HOME = TreeName.parse("home");
  private static final HostName GANON = HostName.parse("ganon");
  private static final Path NONE = Path.of("/nonexistent");

  final Path folder;
  final SshEd25519Key hostKey = SshEd25519Key.generate();
  private final Path tree;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final InstantSource clock = () -> Instant.now().plus(ahead.get());
  private final byte[] master;
  private final int port = freePort();
  Ledger ledger;
  Seal seal;
  private Trees trees;
  Bundles bundles;
  private Tunnel tunnel;
  private RpcServer server;
  private int starts;

  TestBroker(Path folder) throws Exception {
    LibCrypto.load(null);
    this.folder = folder;
    Files.createDirectory(folder.resolve("state"));
    this.tree = Files.createDirectory(folder.resolve("secrets"));
    new ProcessBuilder("git", "-C", tree.toString(), "init", "-q").start().waitFor();
    try (X25519Identity identity = X25519Identity.generate()) {
      master = identity.encodedBytes();
      String to = identity.recipient().text();
      try (SshEd25519Key key = SshEd25519Key.generate()) {
        encrypt(
            ".nixbroker/ssh_host_key.yaml",
            to,
            Map.of("ssh_host_ed25519_key", key.privateKeyFile("")));
      }
      Map<String, byte[]> install = new LinkedHashMap<>();
      install.put("ssh_host_ed25519_key", hostKey.privateKeyFile(""));
      install.put("initrd_ssh_host_ed25519_key", hostKey.privateKeyFile(""));
      install.put("disk_passphrase", PASSPHRASE.getBytes(StandardCharsets.US_ASCII));
      encrypt("hosts/ganon/install.yaml", to, install);
    }
    start();
    unlock();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void encrypt(String path, String to, Map<String, byte[]> values) throws Exception {
    try (DataKey key = DataKey.random()) {
      byte[] text =
          SopsFile.create(values, RuleOptions.NONE, key, List.of(to), clock.instant()).bytes();
      Files.createDirectories(tree.resolve(path).getParent());
      Files.write(tree.resolve(path), text);
    }
  }

  /** Starts, sealed. */
  void start() throws IOException {
    Path state = folder.resolve("state");
    ledger = Ledger.open(state.resolve("ledger"), clock);
    trees = new Trees(Map.of(HOME, tree), Path.of("git"), ledger);
    seal = new Seal(new Seal.Settings(Duration.ofDays(99), Duration.ofDays(99)), ledger, clock);
    String address = "127.0.0.1:" + port;
    bundles =
        new Bundles(
            new Bundles.Settings(Duration.ofHours(1), Optional.of(address)),
            state,
            trees,
            seal,
            ledger,
            clock);
    var end = RpcServer.inProcessAddress();
    tunnel =
        new Tunnel(new Tunnel.Settings(new InetSocketAddress("127.0.0.1", port)), bundles, end);
    Hardware hardware =
        new Hardware(new Hardware.Settings(NONE, NONE, Optional.empty(), Duration.ofSeconds(1)));
    Rooms rooms =
        new Rooms(
            "test",
            true,
            Optional.of(address),
            seal,
            trees,
            new Init(state, trees, hardware, ledger, clock),
            new Unlock(trees, hardware, seal),
            new Mint(new Mint.Settings(List.of()), trees, seal, ledger, clock),
            bundles,
            Optional.of(tunnel),
            ledger,
            clock);
    server = new RpcServer(folder.resolve("broker" + ++starts + ".sock"), end, rooms, System.err);
    server.start();
  }

  void unlock() throws AgeException {
    seal.unlock(new HardwareKey("software key", 1, 0x82, true), X25519Identity.parse(master));
    tunnel.refresh();
  }

  /** Writes a ticket file for ganon. */
  Path issue() throws IOException {
    byte[] ticket = bundles.issue(HOME, GANON, Optional.empty()).ticket();
    Path file = folder.resolve("ganon.ticket");
    Files.write(file, ticket);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  void later(Duration time) {
    ahead.updateAndGet(before -> before.plus(time));
  }

  boolean portIsOpen() {
    return tunnel.isOpen();
  }

  Bundles.State state() {
    return bundles.list().getFirst().state();
  }

  List<Event> events() {
    return new ArrayList<>(ledger.entries().stream().map(Ledger.Entry::event).toList());
  }

  @Override
  public void close() {
    tunnel.close();
    try {
      server.stop();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    seal.close();
    trees.close();
    ledger.close();
  }
}
