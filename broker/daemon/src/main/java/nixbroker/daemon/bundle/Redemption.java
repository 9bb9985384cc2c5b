package nixbroker.daemon.bundle;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.Recipient;
import nixbroker.age.X25519Identity;
import nixbroker.age.X25519Recipient;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;

/**
 * Claim, fetch, acknowledge: bound once, delivered as often as the same recipient asks, active
 * once. Every check comes before any change. Guarded by the lock of {@link Bundles}.
 */
final class Redemption {
  private static final HexFormat HEX = HexFormat.of();

  private final Trees trees;
  private final Seal seal;
  private final Book book;
  private final Ciphertexts ciphertexts;
  private final InstantSource clock;
  private final RefusalLog refusals;

  Redemption(Trees trees, Seal seal, Book book, Ciphertexts ciphertexts, InstantSource clock) {
    this.trees = trees;
    this.seal = seal;
    this.book = book;
    this.ciphertexts = ciphertexts;
    this.clock = clock;
    this.refusals = new RefusalLog(book);
  }

  /** Returns the bundle, bound to the recipient. */
  Held claim(Caller.Installer caller, byte[] token, String recipient, String from) {
    Held bundle = holder(caller, token, "Claim");
    requireNotSpent(bundle);
    requireNotExpired(bundle);
    X25519Recipient to = parse(recipient);
    if (bundle.state == Bundles.State.CLAIMED) {
      requireBoundTo(bundle, recipient, caller, "Claim");
      return bundle;
    }
    byte[] plaintext = seal.withMaster(master -> cut(bundle, master));
    try {
      byte[] ciphertext = AgeFile.encrypt(plaintext, List.of(to));
      ciphertexts.store(bundle.id, ciphertext);
      book.record(
          new Event.BundleClaimed(
              bundle.id,
              recipient,
              from,
              HEX.formatHex(Sha256.of(ciphertext)),
              HEX.formatHex(Sha256.of(plaintext))));
      return bundle;
    } catch (AgeException e) {
      throw new IllegalStateException("a parsed recipient cannot be encrypted to", e);
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  private byte[] cut(Held bundle, X25519Identity master) {
    return Plaintext.cut(new TreeSecrets(trees.open(bundle.tree)), bundle.host, master);
  }

  byte[] fetch(Caller.Installer caller, byte[] token, String recipient) {
    Held bundle = holder(caller, token, "Fetch");
    requireNotSpent(bundle);
    requireNotExpired(bundle);
    requireClaimed(bundle);
    requireBoundTo(bundle, recipient, caller, "Fetch");
    byte[] ciphertext = ciphertexts.read(bundle.id, bundle.ciphertextHash);
    if (!bundle.fetched) {
      book.record(new Event.BundleFetched(bundle.id));
    }
    return ciphertext;
  }

  /** Returns the bundle, active; the second time nothing changes. */
  Held acknowledge(Caller.Installer caller, byte[] token, String recipient, byte[] receipt) {
    Held bundle = holder(caller, token, "Acknowledge");
    if (bundle.state == Bundles.State.ACTIVE) {
      if (!bundle.recipient.equals(recipient) || !Sha256.same(bundle.receipt, receipt)) {
        requireNotSpent(bundle);
      }
      return bundle;
    }
    requireNotExpired(bundle);
    requireClaimed(bundle);
    requireBoundTo(bundle, recipient, caller, "Acknowledge");
    if (!Sha256.same(bundle.receipt, receipt)) {
      throw new Refusal.Usage(
          Reason.REQUEST_INVALID,
          "the receipt is not that of bundle " + bundle.id,
          "fetch the bundle again, then acknowledge what it decrypts to");
    }
    book.record(new Event.BundleActive(bundle.id));
    ciphertexts.delete(bundle.id);
    return bundle;
  }

  /** The caller's bundle, once the caller has shown the ticket's token. */
  private Held holder(Caller.Installer caller, byte[] token, String method) {
    Held bundle = named(caller);
    if (!Sha256.same(bundle.tokenHash, Sha256.of(token))) {
      throw refusals.recorded(
          bundle,
          caller,
          method,
          new Refusal.Declined(
              Reason.TICKET_WRONG,
              "the token is not that of bundle " + bundle.id,
              "use the ticket file unchanged, or make another: nbctl bundle issue HOST"));
    }
    return bundle;
  }

  Held named(Caller.Installer caller) {
    return book.find(caller.bundle())
        .orElseThrow(
            () ->
                new Refusal.Declined(
                    Reason.BUNDLE_UNKNOWN,
                    "there is no bundle " + caller.bundle(),
                    "nbctl bundle issue HOST"));
  }

  private static void requireNotSpent(Held bundle) {
    if (bundle.state == Bundles.State.ACTIVE) {
      throw new Refusal.Declined(
          Reason.TICKET_SPENT,
          "the ticket for "
              + bundle.host
              + " was used; its bundle is active since "
              + bundle.since.truncatedTo(ChronoUnit.SECONDS),
          "for a reinstall: nbctl bundle issue " + bundle.host);
    }
  }

  /** Records the end of a bundle the first time somebody comes too late. */
  void requireNotExpired(Held bundle) {
    expire(bundle);
    if (bundle.state == Bundles.State.EXPIRED) {
      throw new Refusal.Declined(
          Reason.TICKET_EXPIRED,
          "the ticket for "
              + bundle.host
              + (bundle.since.isBefore(bundle.expires)
                  ? " was replaced by a newer one"
                  : " expired at " + bundle.expires.truncatedTo(ChronoUnit.SECONDS)),
          "nbctl bundle issue " + bundle.host);
    }
  }

  void expireDue() {
    List.copyOf(book.all()).forEach(this::expire);
  }

  private void expire(Held bundle) {
    if (bundle.due(clock.instant())) {
      book.record(new Event.BundleExpired(bundle.id));
      ciphertexts.delete(bundle.id);
    }
  }

  static void requireClaimed(Held bundle) {
    if (bundle.state == Bundles.State.ISSUED) {
      throw new Refusal.Declined(
          Reason.BUNDLE_NOT_CLAIMED,
          "bundle " + bundle.id + " was not claimed yet",
          "claim it first: nb-install --ticket FILE");
    }
  }

  private void requireBoundTo(
      Held bundle, String recipient, Caller.Installer caller, String method) {
    if (!bundle.recipient.equals(recipient)) {
      throw refusals.recorded(
          bundle,
          caller,
          method,
          new Refusal.Declined(
              Reason.BUNDLE_CLAIMED,
              "the bundle of " + bundle.host + " was claimed by another at " + bundle.since,
              "if that was not your machine its ticket was stolen; it ends at " + bundle.expires));
    }
  }

  private static X25519Recipient parse(String recipient) {
    try {
      if (Recipient.parse(recipient) instanceof X25519Recipient x25519) {
        return x25519;
      }
    } catch (AgeException.Key notOne) {
      throw notARecipient();
    } catch (AgeException e) {
      throw new IllegalStateException("parsing a recipient reads no file", e);
    }
    throw notARecipient();
  }

  private static Refusal notARecipient() {
    return new Refusal.Usage(
        Reason.REQUEST_INVALID, "the recipient is not an X25519 recipient (age1…)", "");
  }
}
