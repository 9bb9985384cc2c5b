package nixbroker.daemon.hardware;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.PivP256Identity;
import nixbroker.age.PivP256Recipient;
import nixbroker.age.PivP256Stub;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.secret.SecretPage;

/** Runs nb-card and pinentry for one conversation each; one conversation at a time. */
public final class Hardware {
  private static final String STANZA = "piv-p256";
  private static final String CERTIFICATE_NAME = "nixbroker";
  private static final HardwareKey ANY = new HardwareKey("the hardware key", 0, 0, false);

  /**
   * softwareKey: the file of the software key, for a development nb-card only; timeout: how long
   * any one answer of nb-card, the touch, or the PIN may take.
   */
  public record Settings(
      Path helper, Path pinentry, Optional<Path> softwareKey, Duration timeout) {}

  private final Settings settings;
  private final ReentrantLock talking = new ReentrantLock();

  public Hardware(Settings settings) {
    this.settings = settings;
  }

  /**
   * The keys present, each with its first free slot (0: none); no PIN, no touch.
   *
   * @throws Refusal.Declined HELPER_MISSING, HELPER_FAILED, CARD_FAILED
   */
  public List<HardwareKey> list() {
    return alone(this::listed);
  }

  private List<HardwareKey> listed() {
    try (CardHelper helper = CardHelper.start(settings, ANY)) {
      return helper.list();
    }
  }

  /** A key in a slot, and how to find it again: identity is AGE-PLUGIN-YUBIKEY-1…. */
  public record Enrolled(HardwareKey key, PivP256Recipient recipient, String identity) {}

  /**
   * Creates a P-256 key in the key's slot (PIN once, touch always) with the plugin's certificate.
   *
   * @throws Refusal.Declined PIN_…, CARD_…, TOUCH_MISSED, HELPER_…, PINENTRY_FAILED
   */
  public Enrolled enrol(HardwareKey key, Requester requester, Conversation conversation) {
    return alone(
        () -> {
          try (CardHelper helper = CardHelper.start(settings, key)) {
            int tries = helper.requestKey(CERTIFICATE_NAME);
            try (Pin pin = askPin(helper.key(), tries, requester, conversation)) {
              return enrolled(helper.key(), helper.create(pin, conversation));
            }
          }
        });
  }

  private static Enrolled enrolled(HardwareKey key, byte[] point33) {
    try {
      PivP256Recipient recipient = PivP256Recipient.ofPoint(point33);
      return new Enrolled(
          key, recipient, PivP256Stub.of(key.serial(), key.slot(), recipient).text());
    } catch (AgeException e) {
      throw new Refusal.Declined(Reason.HELPER_FAILED, "nb-card answers nonsense: not a point", "");
    }
  }

  public record Opened(HardwareKey key, X25519Identity master) {}

  /**
   * Opens master.age with a key that it was wrapped to. Enrolled are the public identities of the
   * tree; the caller owns the master identity.
   *
   * @throws Refusal.Declined MASTER_FILE_DAMAGED, PIN_…, CARD_…, TOUCH_MISSED, HELPER_…,
   *     PINENTRY_FAILED
   */
  public Opened open(
      byte[] masterAge, List<Enrolled> enrolled, Requester requester, Conversation conversation) {
    return alone(
        () -> {
          Enrolled chosen = choose(masterAge, enrolled);
          Agreeing agreeing = new Agreeing(chosen, requester, conversation);
          try (PivP256Identity identity = new PivP256Identity(chosen.recipient(), agreeing);
              SecretPage file = AgeFile.decryptToPage(masterAge, identity)) {
            return new Opened(agreeing.key, X25519Identity.parse(file));
          } catch (AgeException e) {
            throw damaged("does not open: " + e.getMessage());
          }
        });
  }

  /** The agreement of one opening, and the key as nb-card described it. */
  private final class Agreeing implements PivP256Identity.Agreement {
    private final Enrolled enrolled;
    private final Requester requester;
    private final Conversation conversation;
    private HardwareKey key;

    Agreeing(Enrolled enrolled, Requester requester, Conversation conversation) {
      this.enrolled = enrolled;
      this.requester = requester;
      this.conversation = conversation;
      this.key = enrolled.key();
    }

    @Override
    public SecretPage agree(byte[] point65) {
      try (CardHelper helper = CardHelper.start(settings, enrolled.key())) {
        key = helper.key();
        int tries = helper.requestAgreement(enrolled.recipient().point(), point65);
        try (Pin pin = askPin(key, tries, requester, conversation)) {
          return helper.agree(pin, conversation);
        }
      }
    }
  }

  private Pin askPin(HardwareKey key, int tries, Requester requester, Conversation conversation) {
    conversation.pinNeeded(key, tries);
    return Pinentry.ask(settings, requester, key, tries);
  }

  /** The one key it is wrapped to, or of several the first that is present. */
  private Enrolled choose(byte[] masterAge, List<Enrolled> enrolled) {
    List<String> tags = tags(masterAge);
    List<Enrolled> fitting = enrolled.stream().filter(e -> tags.contains(tag(e))).toList();
    if (fitting.isEmpty()) {
      throw damaged("is wrapped to none of the keys in identity.txt");
    }
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    List<Long> present = listed().stream().map(HardwareKey::serial).toList();
    return fitting.stream()
        .filter(e -> present.contains(e.key().serial()))
        .findFirst()
        .orElseThrow(() -> Failure.absent(fitting.getFirst().key().shown()));
  }

  private static List<String> tags(byte[] masterAge) {
    try {
      return AgeFile.stanzas(masterAge).stream()
          .map(stanza -> stanza.arguments())
          .filter(a -> a.size() == 3 && a.getFirst().equals(STANZA))
          .map(a -> a.get(1))
          .toList();
    } catch (AgeException e) {
      throw damaged("is not an age file: " + e.getMessage());
    }
  }

  private static String tag(Enrolled enrolled) {
    return Base64.getEncoder().withoutPadding().encodeToString(enrolled.recipient().tag());
  }

  private static Refusal damaged(String what) {
    return new Refusal.Declined(
        Reason.MASTER_FILE_DAMAGED,
        "master.age " + what,
        "take it from git: git log -- .nixbroker");
  }

  private <T> T alone(Supplier<T> conversation) {
    if (!talking.tryLock()) {
      throw new Refusal.Declined(
          Reason.CARD_FAILED,
          "another command talks to the hardware key",
          "finish or cancel it, then run the same command again");
    }
    try {
      return conversation.get();
    } finally {
      talking.unlock();
    }
  }
}
