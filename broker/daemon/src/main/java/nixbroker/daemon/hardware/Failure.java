package nixbroker.daemon.hardware;

import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** The kinds of nb-card's FAILED frame (docs/nb-card.md), as refusals. */
final class Failure {
  private static final String AGAIN = "run the same command again";

  private Failure() {}

  /** kind and tries as the frame has them; text: what nb-card says, no secret. */
  static Refusal refusal(int kind, int tries, String text, HardwareKey key) {
    String shown = key.shown();
    return switch (kind) {
      case 1 -> absent(shown);
      case 2 ->
          declined(
              Reason.CARD_WRONG,
              "slot %02x of %s holds another key than the one enrolled"
                  .formatted(key.slot(), shown),
              "use the key that was enrolled; `nbctl status` names the tree");
      case 3 ->
          declined(
              Reason.PIN_WRONG,
              "the PIN of %s is wrong; %d %s left"
                  .formatted(shown, tries, tries == 1 ? "try is" : "tries are"),
              AGAIN);
      case 4 ->
          declined(
              Reason.PIN_LAST_TRY,
              "one PIN try is left on " + shown + "; it was not used",
              "unlock it once with `ykman piv access change-pin`, or use another enrolled key");
      case 5 ->
          declined(
              Reason.PIN_BLOCKED,
              "the PIN of " + shown + " is blocked",
              "unblock it with `ykman piv access unblock-pin`, or use another enrolled key");
      case 6 ->
          declined(
              Reason.TOUCH_MISSED,
              shown + " was not touched in time",
              "run the same command again and touch the key when it blinks");
      case 13 ->
          declined(Reason.PIN_WRONG, "a PIN has 6 to 8 characters; the card was not asked", AGAIN);
      default -> other(kind, text, shown);
    };
  }

  private static Refusal other(int kind, String text, String shown) {
    return switch (kind) {
      case 7 -> card(shown + " stopped answering", "leave it plugged in, and " + AGAIN);
      case 8 ->
          card(
              "another program holds " + shown,
              "end it (often `gpgconf --kill scdaemon`), then " + AGAIN);
      case 9 -> card("the smart card service does not answer: " + text, "start pcscd");
      case 10 -> card(shown + ": " + text, "");
      case 11 -> card(text + " on " + shown, AGAIN + "; it takes the next free slot");
      case 12 ->
          card(
              "the management key of " + shown + " is not the default one",
              "create a key with age-plugin-yubikey, or use another hardware key");
      case 14, 15 ->
          declined(
              Reason.HELPER_FAILED,
              "nb-card refuses: " + text,
              "check hardware.helper and hardware.software-key in the configuration");
      default -> declined(Reason.HELPER_FAILED, "nb-card answers nonsense: kind " + kind, "");
    };
  }

  static Refusal absent(String shown) {
    return declined(
        Reason.CARD_ABSENT, shown + " is not there", "plug it in, then run the same command again");
  }

  private static Refusal card(String cause, String remedy) {
    return declined(Reason.CARD_FAILED, cause, remedy);
  }

  private static Refusal declined(Reason reason, String cause, String remedy) {
    return new Refusal.Declined(reason, cause, remedy);
  }
}
