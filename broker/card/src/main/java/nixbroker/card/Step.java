package nixbroker.card;

import com.yubico.yubikit.core.application.BadResponseException;
import com.yubico.yubikit.core.smartcard.ApduException;
import com.yubico.yubikit.core.smartcard.SW;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import nixbroker.card.CardFailure.Kind;

/** One call to the card, and what its errors mean. */
interface Step<T> {
  T call() throws IOException, ApduException, BadResponseException, NoSuchAlgorithmException;

  static <T> T run(Step<T> step) {
    try {
      return step.call();
    } catch (IOException e) {
      throw gone();
    } catch (ApduException e) {
      throw new CardFailure(
          Kind.CARD_ERROR, "the card answered %04x".formatted(e.getSw() & 0xffff));
    } catch (BadResponseException | NoSuchAlgorithmException e) {
      throw new CardFailure(Kind.CARD_ERROR, "the card's answer makes no sense");
    }
  }

  static CardFailure gone() {
    return new CardFailure(Kind.CARD_GONE, "the card stopped answering");
  }

  /** Empty when the card says that there is no such key or object. */
  static <T> Optional<T> present(Step<T> read) {
    return run(
        () -> {
          try {
            return Optional.of(read.call());
          } catch (ApduException e) {
            if (e.getSw() == SW.FILE_NOT_FOUND || e.getSw() == SW.REFERENCED_DATA_NOT_FOUND) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** In a transaction the PIN stays verified, so "not satisfied" can only mean the touch. */
  static <T> T touching(Step<T> operation) {
    return run(
        () -> {
          try {
            return operation.call();
          } catch (ApduException e) {
            if (e.getSw() == SW.SECURITY_CONDITION_NOT_SATISFIED) {
              throw new CardFailure(Kind.TOUCH_MISSED, "the card waited for a touch in vain");
            }
            throw e;
          }
        });
  }
}
