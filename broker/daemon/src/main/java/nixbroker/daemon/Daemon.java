package nixbroker.daemon;

import java.io.IOException;
import java.io.PrintStream;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.mint.Unlock;
import nixbroker.daemon.refusal.Incident;
import nixbroker.daemon.rpc.Rooms;
import nixbroker.daemon.rpc.RpcServer;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.daemon.tunnel.Tunnel;
import nixbroker.daemon.web.HealthPage;
import nixbroker.secret.LibCrypto;

/** The rooms: built in order, taken down in reverse. */
final class Daemon implements AutoCloseable {
  /** Undoes one part of the start. */
  private interface Undo {
    void run() throws Exception;
  }

  private final Configuration configuration;
  private final PrintStream log;
  private final InstantSource clock;
  private final Deque<Undo> undo = new ArrayDeque<>();

  Daemon(Configuration configuration, PrintStream log, InstantSource clock) {
    this.configuration = configuration;
    this.log = log;
    this.clock = clock;
  }

  /** Answers, sealed, when it returns. */
  synchronized void start() throws IOException {
    LibCrypto.load(configuration.libcrypto().orElse(null));
    PrivateFolder.make(configuration.state());
    undo.push(InstanceLock.take(configuration.state())::close);
    SocketFile.clear(configuration.socket());
    Ledger ledger = Ledger.open(configuration.state().resolve("ledger"), clock);
    undo.push(ledger::close);
    ledger.append(new Event.Started(Broker.VERSION, ProcessHandle.current().pid()));
    undo.push(() -> ledger.append(new Event.Stopped("signal")));

    SocketAddress tunnelEnd = RpcServer.inProcessAddress();
    Rooms rooms = rooms(ledger, tunnelEnd);
    var server = new RpcServer(configuration.socket(), tunnelEnd, rooms, log);
    undo.push(server::stop);
    rooms.trees().recover().forEach(line -> log.println("nbrokerd: " + line));
    listen(server);
    configuration.health().ifPresent(settings -> show(settings, rooms.seal()));
    configuration
        .hardware()
        .softwareKey()
        .ifPresent(_ -> log.println("nbrokerd: NOT A REAL KEY: `hardware.software-key` is set"));
    log.println("nbrokerd: ready on " + configuration.socket() + ", sealed");
  }

  private void listen(RpcServer server) {
    try {
      server.start();
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.REFUSED,
          "nothing can listen on " + configuration.socket(),
          "set `socket` in the configuration to a path on a local file system");
    }
  }

  private void show(HealthPage.Settings settings, Seal seal) {
    try {
      HealthPage page = HealthPage.open(settings, seal);
      undo.push(page::close);
      log.println("nbrokerd: health on http://127.0.0.1:" + page.port() + "/health");
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.REFUSED, "the health page: " + e.getMessage(), "set `health.port`");
    }
  }

  private Rooms rooms(Ledger ledger, SocketAddress tunnelEnd) {
    Trees trees = new Trees(configuration.trees(), configuration.git(), ledger);
    undo.push(trees::close);
    Seal seal = new Seal(configuration.seal(), ledger, clock);
    undo.push(seal::close);
    Hardware hardware = new Hardware(configuration.hardware());
    Bundles bundles =
        new Bundles(configuration.bundle(), configuration.state(), trees, seal, ledger, clock);
    Optional<Tunnel> tunnel =
        configuration.tunnel().map(settings -> new Tunnel(settings, bundles, tunnelEnd));
    tunnel.ifPresent(open -> undo.push(open::close));
    return new Rooms(
        Broker.VERSION,
        configuration.hardware().softwareKey().isPresent(),
        configuration.bundle().address(),
        seal,
        trees,
        new Init(configuration.state(), trees, hardware, ledger, clock),
        new Unlock(trees, hardware, seal),
        new Mint(configuration.mint(), trees, seal, ledger, clock),
        bundles,
        tunnel,
        ledger,
        clock);
  }

  /** Stops intake first, then seals; each part is taken down whatever another one says. */
  @Override
  public synchronized void close() {
    while (!undo.isEmpty()) {
      try {
        undo.pop().run();
      } catch (Exception failure) {
        log.print("nbrokerd: " + Incident.of("stop", failure).report());
      }
    }
  }
}
