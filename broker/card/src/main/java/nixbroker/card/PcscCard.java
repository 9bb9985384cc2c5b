package nixbroker.card;

import com.yubico.yubikit.core.smartcard.SmartCardConnection;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import javax.smartcardio.Card;
import javax.smartcardio.CardException;
import javax.smartcardio.CardTerminal;
import javax.smartcardio.CardTerminals;
import javax.smartcardio.TerminalFactory;
import jnasmartcardio.Smartcardio;
import jnasmartcardio.Smartcardio.EstablishContextException;
import jnasmartcardio.Smartcardio.JnaPCSCException;
import nixbroker.card.CardFailure.Kind;

/** A card in a PC/SC reader. */
record PcscCard(CardTerminal reader) implements CardConnection {
  private static final int NO_SERVICE = 0x8010001D;
  private static final int SERVICE_STOPPED = 0x8010001E;
  private static final int SHARING_VIOLATION = 0x8010000B;
  private static final int NO_CARD = 0x8010000C;
  private static final int REMOVED_CARD = 0x80100069;

  /** Every reader with a card; none when there is no reader. */
  static List<CardConnection> present() {
    try {
      CardTerminals terminals =
          TerminalFactory.getInstance("PC/SC", null, new Smartcardio()).terminals();
      return terminals.list(CardTerminals.State.CARD_PRESENT).stream()
          .<CardConnection>map(PcscCard::new)
          .toList();
    } catch (NoSuchAlgorithmException e) {
      throw new CardFailure(Kind.NO_SERVICE, "the PC/SC service is not running");
    } catch (EstablishContextException e) {
      throw failure(new CardException(e.getCause()));
    } catch (CardException e) {
      throw failure(e);
    } catch (UnsatisfiedLinkError e) {
      throw new CardFailure(Kind.NO_SERVICE, "libpcsclite cannot be loaded");
    }
  }

  @Override
  public String name() {
    return reader.getName().toLowerCase(Locale.ROOT).contains("yubikey") ? "YubiKey" : "PIV card";
  }

  @Override
  public SmartCardConnection begin() {
    Card card;
    try {
      card = reader.connect("T=1");
    } catch (CardException e) {
      throw failure(e);
    }
    try {
      card.beginExclusive();
      return new PcscTransaction(card);
    } catch (CardException e) {
      PcscTransaction.disconnect(card);
      throw failure(e);
    }
  }

  private static CardFailure failure(CardException e) {
    Throwable cause = e instanceof JnaPCSCException ? e : e.getCause();
    long code = cause instanceof JnaPCSCException pcsc ? pcsc.code & 0xffffffffL : 0;
    return switch ((int) code) {
      case NO_SERVICE -> new CardFailure(Kind.NO_SERVICE, "the PC/SC service is not running");
      case SERVICE_STOPPED -> new CardFailure(Kind.NO_SERVICE, "the PC/SC service has stopped");
      case SHARING_VIOLATION -> new CardFailure(Kind.BUSY, "another program holds the card");
      case NO_CARD, REMOVED_CARD -> new CardFailure(Kind.CARD_GONE, "the card was taken out");
      default -> new CardFailure(Kind.CARD_GONE, "the reader answered %08x".formatted(code));
    };
  }
}
