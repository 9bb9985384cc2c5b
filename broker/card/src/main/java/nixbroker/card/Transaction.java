package nixbroker.card;

import com.yubico.yubikit.core.application.ApplicationNotAvailableException;
import com.yubico.yubikit.core.application.BadResponseException;
import com.yubico.yubikit.core.application.InvalidPinException;
import com.yubico.yubikit.core.keys.PublicKeyValues;
import com.yubico.yubikit.core.smartcard.ApduException;
import com.yubico.yubikit.core.smartcard.SmartCardConnection;
import com.yubico.yubikit.piv.KeyType;
import com.yubico.yubikit.piv.PinPolicy;
import com.yubico.yubikit.piv.PivSession;
import com.yubico.yubikit.piv.Slot;
import com.yubico.yubikit.piv.TouchPolicy;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import nixbroker.card.CardFailure.Kind;

/** One transaction with a card's PIV applet; every error becomes a {@link CardFailure}. */
final class Transaction implements AutoCloseable {
  private static final int PIN_MIN = 6;
  private static final int PIN_MAX = 8;

  private final SmartCardConnection connection;
  private final PivSession piv;

  private Transaction(SmartCardConnection connection, PivSession piv) {
    this.connection = connection;
    this.piv = piv;
  }

  /** Selects the applet; empty when the card has none. */
  static Optional<Transaction> begin(CardConnection card) {
    SmartCardConnection connection = card.begin();
    try {
      return Optional.of(new Transaction(connection, new PivSession(connection)));
    } catch (ApplicationNotAvailableException e) {
      close(connection);
      return Optional.empty();
    } catch (IOException e) {
      close(connection);
      throw Step.gone();
    } catch (ApduException e) {
      // A PIV card that is not a YubiKey does not know GET VERSION.
      close(connection);
      return Optional.empty();
    }
  }

  long serial() {
    return Integer.toUnsignedLong(Step.run(piv::getSerialNumber));
  }

  /** The P-256 key in a slot; empty when there is none, or one of another type. */
  Optional<PublicKeyValues.Ec> publicKey(int slot) {
    Slot id = Slot.fromValue(slot);
    return Step.present(
            () ->
                piv.supports(PivSession.FEATURE_METADATA)
                    ? piv.getSlotMetadata(id).getPublicKeyValues()
                    : PublicKeyValues.fromPublicKey(piv.getCertificate(id).getPublicKey()))
        .filter(key -> key.getBitLength() == 256)
        .flatMap(key -> key instanceof PublicKeyValues.Ec ec ? Optional.of(ec) : Optional.empty());
  }

  /** True when the slot has neither a key (as far as the card tells) nor a certificate. */
  boolean isFree(int slot) {
    Slot id = Slot.fromValue(slot);
    return Step.present(() -> piv.getObject(id.objectId)).isEmpty()
        && (!piv.supports(PivSession.FEATURE_METADATA)
            || Step.present(() -> piv.getSlotMetadata(id)).isEmpty());
  }

  /** Reads the retry counter without trying a PIN. */
  int tries() {
    return Step.run(piv::getPinAttempts);
  }

  /**
   * Tries the PIN once, and not at all when it cannot be one or when only one try is left.
   *
   * @param pin 6 to 8 bytes; the caller wipes them
   */
  void verify(byte[] pin) {
    if (pin.length < PIN_MIN || pin.length > PIN_MAX || !isPrintable(pin)) {
      throw new CardFailure(Kind.PIN_FORM, "a PIN has 6 to 8 characters");
    }
    requireTries(tries());
    char[] chars = new char[pin.length];
    for (int i = 0; i < pin.length; i++) {
      chars[i] = (char) pin[i];
    }
    try {
      verify(chars);
    } finally {
      Arrays.fill(chars, '\0');
    }
  }

  private void verify(char[] pin) {
    Step.run(
        () -> {
          try {
            piv.verifyPin(pin);
          } catch (InvalidPinException e) {
            throw e.getAttemptsRemaining() == 0
                ? new CardFailure(Kind.BLOCKED, "the card refused the PIN and is blocked now")
                : new CardFailure(
                    Kind.PIN_WRONG, e.getAttemptsRemaining(), "the card refused the PIN");
          }
          return null;
        });
  }

  private static boolean isPrintable(byte[] pin) {
    for (byte b : pin) {
      if (b < 0x20 || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  static void requireTries(int tries) {
    if (tries == 0) {
      throw new CardFailure(Kind.BLOCKED, "no PIN try is left");
    }
    if (tries == 1) {
      throw new CardFailure(Kind.LAST_TRY, 1, "one PIN try is left; it was not used");
    }
  }

  /** False only when the card says that the slot's key needs no touch. */
  boolean needsTouch(int slot) {
    return !piv.supports(PivSession.FEATURE_METADATA)
        || Step.run(() -> piv.getSlotMetadata(Slot.fromValue(slot)).getTouchPolicy())
            != TouchPolicy.NEVER;
  }

  /** The x-coordinate, 32 bytes; the caller wipes them. After {@link #verify}. */
  byte[] agree(int slot, PublicKeyValues.Ec peer) {
    return Step.touching(() -> piv.calculateSecret(Slot.fromValue(slot), peer));
  }

  /** The DER signature of a SHA-256 digest. After {@link #verify}. */
  byte[] sign(int slot, byte[] digest) {
    return Step.touching(() -> piv.rawSignOrDecrypt(Slot.fromValue(slot), KeyType.ECCP256, digest));
  }

  /** Proves the management key; only the one every card starts with is known here. */
  void authenticate() {
    byte[] factory = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    try {
      piv.authenticate(factory);
    } catch (IOException e) {
      throw Step.gone();
    } catch (ApduException | BadResponseException | IllegalArgumentException e) {
      throw new CardFailure(Kind.MANAGEMENT_KEY, "the management key is not the default one");
    }
  }

  PublicKeyValues.Ec generate(int slot) {
    PublicKeyValues key =
        Step.run(
            () ->
                piv.generateKey(
                    Slot.fromValue(slot), KeyType.ECCP256, PinPolicy.ONCE, TouchPolicy.ALWAYS));
    if (key instanceof PublicKeyValues.Ec ec) {
      return ec;
    }
    throw new CardFailure(Kind.CARD_ERROR, "the card made a key of another type");
  }

  void store(int slot, X509Certificate certificate) {
    Step.run(
        () -> {
          piv.putCertificate(Slot.fromValue(slot), certificate);
          return null;
        });
  }

  @Override
  public void close() {
    close(connection);
  }

  private static void close(SmartCardConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw Step.gone();
    }
  }
}
