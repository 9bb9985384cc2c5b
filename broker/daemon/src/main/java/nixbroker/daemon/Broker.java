package nixbroker.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import nixbroker.daemon.refusal.Incident;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.secret.Hardening;
import nixbroker.secret.LibCryptoException;
import nixbroker.secret.SecretMemoryException;

/** The program nbrokerd. */
public final class Broker {
  static final String VERSION = "0.1.0";

  private static final int DEFECT = 70;

  /** SIGTERM is answered within 2 s, whatever a room is waiting for. */
  private static final Duration PATIENCE = Duration.ofMillis(1700);

  /** What the process ends with; a signal leaves it 0. */
  private static final AtomicInteger EXIT_CODE = new AtomicInteger();

  private Broker() {}

  /** Starts, and returns while the servers go on; ends the process when it cannot. */
  public static void main(String[] words) {
    int code = run(List.of(words), System.getenv(), System.out, System.err);
    if (code >= 0) {
      EXIT_CODE.set(code);
      System.exit(code);
    }
  }

  /** The exit code; negative while the broker runs. */
  private static int run(
      List<String> words, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Arguments arguments = Arguments.parse(words);
      switch (arguments.wish()) {
        case HELP -> out.print(Arguments.HELP);
        case VERSION -> out.println("nbrokerd " + VERSION);
        case EXAMPLE -> out.print(example());
        case RUN -> {
          serve(arguments.config(), environment, err);
          return -1;
        }
      }
      return 0;
    } catch (StartFailure failure) {
      return refused(err, failure.exitCode(), failure.getMessage(), failure.remedy());
    } catch (Refusal refusal) {
      return refused(err, StartFailure.REFUSED, refusal.cause(), refusal.remedy());
    } catch (SecretMemoryException | LibCryptoException missing) {
      return refused(err, StartFailure.REFUSED, missing.getMessage(), "");
    } catch (Throwable defect) {
      err.print("nbrokerd: " + Incident.of("start", defect).report());
      return DEFECT;
    }
  }

  private static int refused(PrintStream err, int code, String cause, String remedy) {
    err.println("nbrokerd: error: " + cause);
    if (!remedy.isEmpty()) {
      err.println("hint: " + remedy);
    }
    return code;
  }

  private static void serve(Optional<Path> config, Map<String, String> environment, PrintStream err)
      throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new StartFailure(
          StartFailure.REFUSED,
          "nbrokerd runs on Linux only, and this is " + System.getProperty("os.name"),
          "");
    }
    Hardening.setUndumpable();
    StderrLog.install(err);
    Optional<Path> programs =
        Optional.ofNullable(System.getProperty("nixbroker.home")).map(home -> Path.of(home, "bin"));
    Configuration configuration =
        Configuration.load(config, new Configuration.Places(environment, programs));
    Daemon daemon = new Daemon(configuration, err, InstantSource.system());
    endWithSignal(daemon, err);
    daemon.start();
  }

  /** Ends on SIGTERM and SIGINT with code 0, and on a fatal error of any thread with another. */
  private static void endWithSignal(Daemon daemon, PrintStream err) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, defect) -> {
          err.print("nbrokerd: " + Incident.of(thread.getName(), defect).report());
          if (defect instanceof VirtualMachineError) {
            EXIT_CODE.set(DEFECT);
            Thread.ofPlatform().start(() -> System.exit(DEFECT));
          }
        });
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(daemon)));
  }

  /** A signal's own exit code would be 143: the process is ended here, once all is wiped. */
  private static void end(Daemon daemon) {
    try {
      Thread stopping = Thread.ofPlatform().daemon().start(daemon::close);
      stopping.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(EXIT_CODE.get());
  }

  private static String example() throws IOException {
    try (InputStream text = Broker.class.getResourceAsStream("config.yaml")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
