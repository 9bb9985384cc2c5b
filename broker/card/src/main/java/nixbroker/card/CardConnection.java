package nixbroker.card;

import com.yubico.yubikit.core.smartcard.SmartCardConnection;

/** A card that is present: in a PC/SC reader, or (development) in this process. */
public interface CardConnection {
  /** What a person calls such a card, without its serial: 1 to 64 printable ASCII characters. */
  String name();

  /**
   * Begins a transaction: nobody else reaches the card until the result is closed. Closing resets
   * the card, so that no later handle finds the PIN verified; closing again does nothing.
   *
   * @throws CardFailure BUSY when another program holds the card, CARD_GONE when it is not there
   */
  SmartCardConnection begin();
}
