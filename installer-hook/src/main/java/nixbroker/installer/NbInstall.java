package nixbroker.installer;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import nixbroker.secret.Hardening;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.LibCryptoException;

/** The program nb-install: redeems a ticket and installs the machine it runs on. */
public final class NbInstall {
  private static final String VERSION = "0.1.0";

  /** Held here, because java.util.logging forgets the level of a logger nobody holds. */
  private static final List<Logger> LIBRARIES =
      List.of(Logger.getLogger("org.apache.sshd"), Logger.getLogger("io.grpc"));

  private NbInstall() {}

  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments)));
  }

  private static int run(List<String> arguments) {
    if (arguments.isEmpty() || Options.asks(arguments, "--help", "-h")) {
      (arguments.isEmpty() ? System.err : System.out).print(Options.HELP);
      return arguments.isEmpty() ? Failure.USAGE : 0;
    }
    if (Options.asks(arguments, "--version")) {
      System.out.println("nb-install " + VERSION);
      return 0;
    }
    Screen screen =
        new Screen(System.out, System.err, Options.asks(arguments, "--json"), coloured());
    try {
      install(Options.parse(arguments), screen);
      return 0;
    } catch (Failure failure) {
      screen.failure(failure);
      return failure.exit();
    } catch (InterruptedException e) {
      screen.failure(Failure.command("interrupted", ""));
      return Failure.COMMAND_FAILED;
    } catch (RuntimeException defect) {
      // the program's edge: a person gets one line, and the trace for whoever mends it
      screen.failure(
          Failure.defect(
              "unexpected: " + defect.getClass().getSimpleName(), "report the trace below"));
      defect.printStackTrace();
      return Failure.DEFECT;
    }
  }

  private static void install(Options options, Screen screen) throws Failure, InterruptedException {
    // the SSH library logs every lost connection; this program says it in its own words
    LIBRARIES.forEach(logger -> logger.setLevel(Level.OFF));
    Hardening.setUndumpable();
    loadLibCrypto(options);
    if (Ticket.openToOthers(options.ticket())) {
      screen.warning(options.ticket() + " can be read by others; it should be 0600");
    }
    try (Ticket ticket = Ticket.read(options.ticket());
        BrokerApi broker = new BrokerApi(ticket, options.patience())) {
      new Installation(options, ticket, broker, screen).run();
    }
  }

  private static void loadLibCrypto(Options options) throws Failure {
    try {
      LibCrypto.load(options.libcrypto());
    } catch (LibCryptoException missing) {
      throw Failure.refused(
          "LIBCRYPTO_MISSING",
          Shown.line(missing.getMessage()),
          "name OpenSSL's library: nb-install --libcrypto /path/libcrypto.so.3");
    }
  }

  private static boolean coloured() {
    return System.console() != null
        && System.console().isTerminal()
        && System.getenv("NO_COLOR") == null;
  }
}
