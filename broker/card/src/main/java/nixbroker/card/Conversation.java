package nixbroker.card;

import com.yubico.yubikit.core.keys.PublicKeyValues;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nixbroker.card.CardFailure.Kind;

/**
 * Answers one request. A person's time passes outside transactions, except for the touch, which the
 * card itself waits for.
 */
final class Conversation {
  private static final int FIRST_SLOT = 0x82;
  private static final int LAST_SLOT = 0x95;

  private final Wire wire;
  private final List<CardConnection> cards;
  private final InstantSource clock;

  Conversation(Wire wire, List<CardConnection> cards, InstantSource clock) {
    this.wire = wire;
    this.cards = cards;
    this.clock = clock;
  }

  void answer(Request request) throws IOException {
    switch (request) {
      case Request.ListKeys _ -> list();
      case Request.Agree agree -> agree(agree);
      case Request.Enrol enrol -> enrol(enrol);
    }
  }

  private void list() throws IOException {
    for (CardConnection card : cards) {
      Optional<Transaction> begun = Transaction.begin(card);
      if (begun.isPresent()) {
        try (Transaction transaction = begun.get()) {
          wire.key(transaction.serial(), firstFree(transaction), card.name());
        }
      }
    }
    wire.end();
  }

  private static int firstFree(Transaction transaction) {
    return IntStream.rangeClosed(FIRST_SLOT, LAST_SLOT)
        .filter(transaction::isFree)
        .findFirst()
        .orElse(0);
  }

  private void agree(Request.Agree request) throws IOException {
    PublicKeyValues.Ec peer = Point.parse(request.point65());
    CardConnection card = find(request.serial());
    int tries;
    try (Transaction transaction = transaction(card, request.serial())) {
      requireKey(transaction, request);
      tries = transaction.tries();
    }
    byte[] pin = askPin(tries);
    byte[] shared = null;
    try (Transaction transaction = transaction(card, request.serial())) {
      requireKey(transaction, request);
      transaction.verify(pin);
      Arrays.fill(pin, (byte) 0);
      if (transaction.needsTouch(request.slot())) {
        wire.touch();
      }
      shared = transaction.agree(request.slot(), peer);
      wire.shared(shared);
    } finally {
      Arrays.fill(pin, (byte) 0);
      if (shared != null) {
        Arrays.fill(shared, (byte) 0);
      }
    }
  }

  private byte[] askPin(int tries) throws IOException {
    Transaction.requireTries(tries);
    wire.ready(tries);
    return wire.pin();
  }

  private static void requireKey(Transaction transaction, Request.Agree request) {
    boolean same =
        transaction
            .publicKey(request.slot())
            .filter(key -> MessageDigest.isEqual(Point.compressed(key), request.expected33()))
            .isPresent();
    if (!same) {
      throw new CardFailure(
          Kind.WRONG_CARD, "slot %02x holds another key, or none".formatted(request.slot()));
    }
  }

  private void enrol(Request.Enrol request) throws IOException {
    CardConnection card = find(request.serial());
    int tries;
    try (Transaction transaction = transaction(card, request.serial())) {
      requireFree(transaction, request.slot());
      tries = transaction.tries();
    }
    byte[] pin = askPin(tries);
    try (Transaction transaction = transaction(card, request.serial())) {
      requireFree(transaction, request.slot());
      transaction.authenticate();
      transaction.verify(pin);
      Arrays.fill(pin, (byte) 0);
      wire.enrolled(create(transaction, request));
    } finally {
      Arrays.fill(pin, (byte) 0);
    }
  }

  /** The key, then the certificate that it signs itself, for which the card wants a touch. */
  private byte[] create(Transaction transaction, Request.Enrol request) throws IOException {
    PublicKeyValues.Ec key = transaction.generate(request.slot());
    wire.touch();
    X509Certificate certificate =
        SlotCertificate.make(
            key,
            request.name(),
            clock.instant(),
            digest -> transaction.sign(request.slot(), digest));
    transaction.store(request.slot(), certificate);
    return Point.compressed(key);
  }

  private static void requireFree(Transaction transaction, int slot) {
    if (!transaction.isFree(slot)) {
      throw new CardFailure(Kind.SLOT_TAKEN, "slot %02x is taken".formatted(slot));
    }
  }

  private CardConnection find(long serial) {
    return cards.stream()
        .filter(card -> hasSerial(card, serial))
        .findFirst()
        .orElseThrow(
            () -> new CardFailure(Kind.NO_CARD, "no card with serial " + serial + " is present"));
  }

  private static boolean hasSerial(CardConnection card, long serial) {
    Optional<Transaction> begun = Transaction.begin(card);
    if (begun.isEmpty()) {
      return false;
    }
    try (Transaction transaction = begun.get()) {
      return transaction.serial() == serial;
    }
  }

  /** A new transaction, with the card that is in the reader now: it may have been swapped. */
  private static Transaction transaction(CardConnection card, long serial) {
    Transaction transaction =
        Transaction.begin(card)
            .orElseThrow(() -> new CardFailure(Kind.CARD_GONE, "the card was taken out"));
    if (transaction.serial() != serial) {
      transaction.close();
      throw new CardFailure(Kind.WRONG_CARD, "another card is in the reader");
    }
    return transaction;
  }
}
