package nixbroker.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import nixbroker.daemon.policy.Action.Presence;
import nixbroker.daemon.policy.Action.Who;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.Test;

class ADecision {
  private static final Caller OPERATOR = new Caller.Operator("michael");
  private static final Caller INSTALLER = new Caller.Installer("0123456789abcdef");
  private static final Caller STRANGER = new Caller.Stranger("root");
  private static final Optional<Refusal.Sealed> UNLOCKED = Optional.empty();
  private static final Optional<Refusal.Sealed> SEALED = Optional.of(new Refusal.Sealed("idle"));

  @Test
  void letsAnOperatorCallWhatIsTheOperators() {
    assertThat(decide(OPERATOR, Who.OPERATOR, UNLOCKED)).isEqualTo(new Decision.Allow());
  }

  @Test
  void letsAnInstallerCallWhatIsTheInstallers() {
    assertThat(decide(INSTALLER, Who.INSTALLER, UNLOCKED)).isEqualTo(new Decision.Allow());
  }

  @Test
  void keepsAnInstallerFromTheOperatorsMethods() {
    assertThat(reason(decide(INSTALLER, Who.OPERATOR, UNLOCKED))).isEqualTo(Reason.CALLER_DENIED);
  }

  @Test
  void keepsAnOperatorFromTheInstallersMethods() {
    assertThat(reason(decide(OPERATOR, Who.INSTALLER, UNLOCKED))).isEqualTo(Reason.CALLER_DENIED);
  }

  @Test
  void keepsAStrangerFromEverything() {
    for (Who who : Who.values()) {
      assertThat(reason(decide(STRANGER, who, UNLOCKED))).isEqualTo(Reason.CALLER_DENIED);
    }
  }

  @Test
  void doesNotTellAStrangerThatTheBrokerIsSealed() {
    assertThat(reason(decide(STRANGER, Who.OPERATOR, SEALED))).isEqualTo(Reason.CALLER_DENIED);
  }

  @Test
  void refusesWhatNeedsTheMasterKeyWhileSealed() {
    assertThat(reason(decide(OPERATOR, Who.OPERATOR, SEALED))).isEqualTo(Reason.SEALED);
  }

  @Test
  void allowsWhatWorksSealedWhileSealed() {
    Action status = new Action("s/Status", Who.OPERATOR, true, Presence.NONE);
    assertThat(Policy.decide(OPERATOR, status, SEALED)).isEqualTo(new Decision.Allow());
  }

  @Test
  void asksForATouchWhereTheRuleDoes() {
    Action unlock = new Action("s/Unlock", Who.OPERATOR, true, Presence.TOUCH);
    assertThat(Policy.decide(OPERATOR, unlock, SEALED)).isEqualTo(new Decision.AllowWithTouch());
  }

  private static Decision decide(Caller caller, Who who, Optional<Refusal.Sealed> sealed) {
    return Policy.decide(caller, new Action("s/Mint", who, false, Presence.NONE), sealed);
  }

  private static Reason reason(Decision decision) {
    return ((Decision.Deny) decision).refusal().reason();
  }
}
