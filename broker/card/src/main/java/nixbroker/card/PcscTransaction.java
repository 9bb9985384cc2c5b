package nixbroker.card;

import com.yubico.yubikit.core.Transport;
import com.yubico.yubikit.core.smartcard.SmartCardConnection;
import java.io.IOException;
import java.util.Arrays;
import javax.smartcardio.Card;
import javax.smartcardio.CardException;
import javax.smartcardio.CommandAPDU;

/** A PC/SC transaction as yubikit wants it. Not thread-safe. */
final class PcscTransaction implements SmartCardConnection {
  private static final int SHORTEST_APDU = 5;

  private final Card card;
  private boolean closed;

  PcscTransaction(Card card) {
    this.card = card;
  }

  /** A card taken out in the middle shows as any of these, depending on where it was. */
  @Override
  public byte[] sendAndReceive(byte[] apdu) throws IOException {
    byte[] padded = apdu.length < SHORTEST_APDU ? Arrays.copyOf(apdu, SHORTEST_APDU) : apdu;
    try {
      byte[] reply = card.getBasicChannel().transmit(new CommandAPDU(padded)).getBytes();
      if (reply.length < 2) {
        throw new IOException("an empty reply");
      }
      return reply;
    } catch (CardException | IllegalStateException | IllegalArgumentException e) {
      throw new IOException("the card stopped answering", e);
    }
  }

  @Override
  public Transport getTransport() {
    byte[] atr = getAtr();
    return atr.length > 1 && (atr[1] & 0xf0) == 0xf0 ? Transport.USB : Transport.NFC;
  }

  @Override
  public boolean isExtendedLengthApduSupported() {
    return getTransport() == Transport.USB;
  }

  @Override
  public byte[] getAtr() {
    return card.getATR().getBytes();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      card.endExclusive();
    } catch (CardException | IllegalStateException e) {
      throw new IOException("the transaction did not end", e);
    } finally {
      disconnect(card);
    }
  }

  /** With a reset: otherwise any process could use the verified PIN for a moment. */
  static void disconnect(Card card) {
    try {
      card.disconnect(true);
    } catch (CardException | IllegalStateException e) {
      throw new CardFailure(CardFailure.Kind.CARD_GONE, "the card was taken out");
    }
  }
}
