package nixbroker.daemon.hardware;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.secret.SecretPage;

/** Asks a person for a PIN through pinentry (Assuan, as GnuPG's manual of it says). */
final class Pinentry implements AutoCloseable {
  private static final String AGAIN = "run the same command again";
  private static final int ERROR_CODE = 0xffff;
  private static final int CANCELED = 99;
  private static final int FULLY_CANCELED = 198;
  private static final int TIMEOUT = 62;
  private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "XDG_RUNTIME_DIR");
  private static final Child.Reasons REASONS =
      new Child.Reasons(Reason.PINENTRY_FAILED, Reason.PINENTRY_FAILED);

  private final Child child;
  private final Duration timeout;
  private final AssuanLines lines;

  private Pinentry(Child child, Duration timeout) {
    this.child = child;
    this.timeout = timeout;
    this.lines = new AssuanLines(child);
  }

  /** The PIN, which the caller closes. */
  static Pin ask(Hardware.Settings settings, Requester requester, HardwareKey key, int tries) {
    Child child =
        Child.start(
            "pinentry",
            List.of(settings.pinentry().toString()),
            environment(requester),
            REASONS,
            settings.timeout());
    try (Pinentry pinentry = new Pinentry(child, settings.timeout())) {
      return pinentry.ask(requester, key, tries);
    } catch (Child.TimedOut e) {
      throw late(settings.timeout());
    }
  }

  /** What a graphical or a terminal pinentry needs to reach the person who asks. */
  private static Map<String, String> environment(Requester requester) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : INHERITED) {
      put(environment, name, System.getenv(name));
    }
    put(environment, "GPG_TTY", requester.tty());
    put(environment, "TERM", requester.term());
    put(environment, "DISPLAY", requester.display());
    put(environment, "WAYLAND_DISPLAY", requester.waylandDisplay());
    put(environment, "XAUTHORITY", requester.xauthority());
    put(environment, "DBUS_SESSION_BUS_ADDRESS", requester.dbusSessionBusAddress());
    put(environment, "LC_CTYPE", requester.lcCtype());
    put(environment, "LC_MESSAGES", requester.lcMessages());
    return environment;
  }

  private static void put(Map<String, String> environment, String name, String value) {
    if (value != null && !value.isEmpty()) {
      environment.put(name, oneLine(value));
    }
  }

  private Pin ask(Requester requester, HardwareKey key, int tries) {
    if (!lines.answer().startsWith("OK")) {
      throw child.failure("answers nonsense");
    }
    option("ttyname", requester.tty());
    option("ttytype", requester.term());
    option("display", requester.display());
    option("lc-ctype", requester.lcCtype());
    option("lc-messages", requester.lcMessages());
    say("SETTIMEOUT " + timeout.toSeconds());
    say("SETTITLE nixbroker");
    say("SETDESC " + escaped(description(requester, key, tries)));
    say("SETPROMPT PIN:");
    send("GETPIN");
    return pin();
  }

  private static String description(Requester requester, HardwareKey key, int tries) {
    String where = requester.tty().isEmpty() ? "" : " on " + requester.tty().replace("/dev/", "");
    return "PIN for %s (%d %s left),%nasked by %s%s"
            .formatted(
                key.shown(),
                tries,
                tries == 1 ? "try" : "tries",
                System.getProperty("user.name"),
                oneLine(where))
        + (key.software() ? "\nNOT A REAL KEY" : "");
  }

  private void option(String name, String value) {
    if (!value.isEmpty()) {
      say("OPTION " + name + "=" + oneLine(value));
    }
  }

  /** Says what pinentry may also refuse: an older one does not know every option. */
  private void say(String line) {
    send(line);
    lines.answer();
  }

  private void send(String line) {
    child.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private Pin pin() {
    SecretPage page = SecretPage.allocate(Pin.MAX);
    boolean given = false;
    try {
      int length = readPin(page);
      given = true;
      return new Pin(page, length);
    } finally {
      if (!given) {
        page.close();
      }
    }
  }

  private int readPin(SecretPage page) {
    int length = 0;
    while (lines.nextIsData()) {
      length = decode(lines.dataLine(), page, length);
      lines.drop();
    }
    String end = lines.answer();
    if (end.startsWith("ERR")) {
      throw refused(end);
    }
    if (length == 0) {
      throw new Refusal.Declined(
          Reason.PIN_CANCELLED, "no PIN was given; the card was not asked", AGAIN);
    }
    return length;
  }

  /** Undoes the percent escapes of data, from page to page; the length after it. */
  private int decode(MemorySegment from, SecretPage to, int length) {
    int at = 0;
    while (at < from.byteSize()) {
      if (length == Pin.MAX) {
        throw new Refusal.Declined(
            Reason.PIN_WRONG, "a PIN has 6 to 8 characters; the card was not asked", AGAIN);
      }
      byte value = from.get(ValueLayout.JAVA_BYTE, at);
      if (value == '%' && at + 2 < from.byteSize()) {
        int high = Character.digit(from.get(ValueLayout.JAVA_BYTE, at + 1), 16);
        int low = Character.digit(from.get(ValueLayout.JAVA_BYTE, at + 2), 16);
        if (high < 0 || low < 0) {
          throw child.failure("answers nonsense");
        }
        value = (byte) (high << 4 | low);
        at += 2;
      }
      to.segment().set(ValueLayout.JAVA_BYTE, length++, value);
      at++;
    }
    return length;
  }

  private Refusal refused(String line) {
    String[] words = line.split(" ");
    long code = words.length > 1 && words[1].matches("[0-9]{1,10}") ? Long.parseLong(words[1]) : 0;
    return switch ((int) (code & ERROR_CODE)) {
      case CANCELED, FULLY_CANCELED ->
          new Refusal.Declined(
              Reason.PIN_CANCELLED, "the PIN was not given; the card was not asked", AGAIN);
      case TIMEOUT -> late(timeout);
      default -> child.failure("refuses: " + line);
    };
  }

  private static Refusal late(Duration timeout) {
    return new Refusal.Declined(
        Reason.PIN_CANCELLED,
        "no PIN was given within " + timeout.toSeconds() + " s; the card was not asked",
        AGAIN);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "");
  }

  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\r", "").replace("\n", "%0A");
  }

  @Override
  public void close() {
    child.close();
    lines.close();
  }
}
