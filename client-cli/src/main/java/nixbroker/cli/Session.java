package nixbroker.cli;

import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** One run of nbctl: its terminal, its environment, its clock and its connection. */
final class Session implements AutoCloseable {
  private final Globals globals;
  private final Terminal terminal;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final Deque<Runnable> endings = new ArrayDeque<>();
  private Broker broker;
  private volatile boolean interrupted;

  Session(
      Globals globals, Terminal terminal, Map<String, String> environment, InstantSource clock) {
    this.globals = globals;
    this.terminal = terminal;
    this.environment = environment;
    this.clock = clock;
  }

  Globals globals() {
    return globals;
  }

  boolean json() {
    return globals.json();
  }

  Terminal terminal() {
    return terminal;
  }

  Map<String, String> environment() {
    return environment;
  }

  Instant now() {
    return clock.instant();
  }

  /** Connects on first use. */
  Broker broker() {
    if (broker == null) {
      broker = Broker.connect(SocketPath.find(globals.socket(), environment));
      atEnd(broker::close);
      Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt));
    }
    return broker;
  }

  /** Runs on every end, Ctrl-C too; the last one added first. */
  synchronized void atEnd(Runnable ending) {
    endings.push(ending);
  }

  /** True once a signal ends the program: what fails from then on is not worth a word. */
  boolean interrupted() {
    return interrupted;
  }

  void print(JsonObject value) {
    terminal.json(value.toString());
  }

  private void interrupt() {
    interrupted = true;
    close();
  }

  @Override
  public synchronized void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
  }
}
