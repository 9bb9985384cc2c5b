package nixbroker.cli;

import java.time.Duration;
import java.util.Iterator;
import nixbroker.proto.v1.PinNeeded;
import nixbroker.proto.v1.TouchNeeded;
import nixbroker.proto.v1.UnlockEvent;
import nixbroker.proto.v1.UnlockRequest;
import nixbroker.proto.v1.Unlocked;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** `nbctl unlock`: the broker talks to pinentry and the hardware key; this shows how far it is. */
final class UnlockCommand implements Command {
  static final String NOT_A_REAL_KEY =
      "NOT A REAL KEY: the configuration names a software key; use it for nothing that matters";

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Opens the master key with the hardware key.",
            "One PIN, asked by pinentry, and one touch.");
    return spec;
  }

  @Override
  public Exit run(ParseResult parsed, Session session) {
    UnlockRequest request =
        UnlockRequest.newBuilder()
            .setTree(TreeChoice.name(session))
            .setRequester(Requesters.forPinentry(session.environment()))
            .build();
    Iterator<UnlockEvent> events = session.broker().stub().unlock(request);
    while (events.hasNext()) {
      UnlockEvent event = events.next();
      switch (event.getEventCase()) {
        case PIN -> pin(event.getPin(), session.terminal());
        case TOUCH -> touch(event.getTouch(), session.terminal());
        case UNLOCKED -> {
          return unlocked(event.getUnlocked(), session);
        }
        case EVENT_NOT_SET -> {
          // A step newer than this nbctl needs nothing from it.
        }
      }
    }
    throw Refusals.cutShort();
  }

  private static void pin(PinNeeded pin, Terminal terminal) {
    if (pin.getSoftwareKey()) {
      terminal.loud(NOT_A_REAL_KEY);
    }
    String tries = pin.getTries() == 1 ? "1 try left" : pin.getTries() + " tries left";
    terminal.err("pinentry asks for the PIN of " + Text.key(pin.getKey()) + " (" + tries + ")");
  }

  static void touch(TouchNeeded touch, Terminal terminal) {
    boolean yubiKey = touch.getKey().isEmpty() || touch.getKey().startsWith("YubiKey");
    terminal.loud("touch your " + (yubiKey ? "YubiKey" : Text.key(touch.getKey())) + " now");
  }

  private static Exit unlocked(Unlocked unlocked, Session session) {
    if (session.json()) {
      session.print(Json.of("unlocked", Json.unlocked(unlocked)));
      return Exit.DONE;
    }
    long since = unlocked.getSinceMs();
    String whole = Times.exactly(Duration.ofMillis(unlocked.getUntilMs() - since));
    String idle = Times.exactly(Duration.ofMillis(unlocked.getIdleUntilMs() - since));
    String until = Times.clock(session.now(), unlocked.getUntilMs());
    session.terminal().out("unlocked until " + until + " (" + whole + "), or " + idle + " idle");
    return Exit.DONE;
  }
}
