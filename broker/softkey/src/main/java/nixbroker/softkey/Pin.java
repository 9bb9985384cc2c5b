package nixbroker.softkey;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;

/** The PIN, its counter, and whether it was verified since the applet was selected. */
final class Pin {
  private static final int LENGTH = 8;
  private static final int MIN = 6;
  private static final int REFERENCE = 0x80;
  private static final int LOGOUT = 0xff;

  private final CardState state;
  private boolean verified;
  private boolean fresh;

  Pin(CardState state) {
    this.state = state;
  }

  void forget() {
    verified = false;
    fresh = false;
  }

  /** VERIFY: with data a try, without data a question, with P1 ff a logout. */
  byte[] verify(Command command) throws IOException {
    requireReference(command);
    if (command.p1() == LOGOUT) {
      forget();
      return new byte[0];
    }
    if (command.data().length == 0) {
      if (!verified) {
        throw StatusWord.triesLeft(state.tries());
      }
      return new byte[0];
    }
    check(command.data());
    verified = true;
    fresh = true;
    return new byte[0];
  }

  byte[] change(Command command) throws IOException {
    requireReference(command);
    if (command.data().length != 2 * LENGTH) {
      throw StatusWord.WRONG_DATA.exception();
    }
    byte[] changed = Arrays.copyOfRange(command.data(), LENGTH, 2 * LENGTH);
    for (int i = 0; i < MIN; i++) {
      if (changed[i] == (byte) 0xff) {
        throw StatusWord.WRONG_DATA.exception();
      }
    }
    check(Arrays.copyOf(command.data(), LENGTH));
    state.setPin(changed);
    state.store();
    return new byte[0];
  }

  /** The counter goes down, durably, before the comparison; pulling the plug gains nobody a try. */
  private void check(byte[] shown) throws IOException {
    if (shown.length != LENGTH) {
      throw StatusWord.WRONG_DATA.exception();
    }
    int tries = state.tries();
    if (tries == 0) {
      throw StatusWord.BLOCKED.exception();
    }
    state.setTries(tries - 1);
    state.store();
    if (!MessageDigest.isEqual(shown, state.pin())) {
      forget();
      throw StatusWord.triesLeft(tries - 1);
    }
    state.setTries(CardState.PIN_TRIES);
    state.store();
  }

  /** Whether the policy lets the key work now; "always" wants a VERIFY for each use. */
  void require(int policy) {
    boolean allowed =
        switch (policy) {
          case SlotKey.NEVER -> true;
          case SlotKey.ALWAYS -> fresh;
          default -> verified;
        };
    fresh = false;
    if (!allowed) {
      throw StatusWord.NOT_SATISFIED.exception();
    }
  }

  byte[] metadata() {
    return Tlv.join(
        Tlv.of(1, new byte[] {(byte) 0xff}),
        Tlv.of(5, new byte[] {(byte) (state.pinIsFactory() ? 1 : 0)}),
        Tlv.of(6, new byte[] {CardState.PIN_TRIES, (byte) state.tries()}));
  }

  private static void requireReference(Command command) {
    if (command.p2() != REFERENCE) {
      throw StatusWord.NO_REFERENCE.exception();
    }
  }
}
