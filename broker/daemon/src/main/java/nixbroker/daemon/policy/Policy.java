package nixbroker.daemon.policy;

import java.util.Optional;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** Decides from the caller, the method's rule and the seal, and from nothing else. */
public final class Policy {
  private Policy() {}

  /**
   * Decides one call. Who calls is looked at first, so that a stranger never learns whether the
   * broker is sealed.
   *
   * @param sealed what the seal says to those who need the master key; empty while it is unlocked
   */
  public static Decision decide(Caller caller, Action action, Optional<Refusal.Sealed> sealed) {
    if (!mayCall(caller, action.who())) {
      return new Decision.Deny(
          new Refusal.Declined(
              Reason.CALLER_DENIED,
              caller.shown() + " may not call " + action.method(),
              switch (action.who()) {
                case OPERATOR -> "run it as the user that runs nbrokerd";
                case INSTALLER -> "";
              }));
    }
    if (sealed.isPresent() && !action.worksSealed()) {
      return new Decision.Deny(sealed.get());
    }
    return switch (action.presence()) {
      case NONE -> new Decision.Allow();
      case TOUCH -> new Decision.AllowWithTouch();
    };
  }

  private static boolean mayCall(Caller caller, Action.Who who) {
    return switch (caller) {
      case Caller.Operator _ -> who == Action.Who.OPERATOR;
      case Caller.Installer _ -> who == Action.Who.INSTALLER;
      case Caller.Stranger _ -> false;
    };
  }
}
