package nixbroker.daemon.bundle;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;

/** Makes bundles and their tickets. Guarded by the lock of {@link Bundles}. */
final class Issue {
  private static final HexFormat HEX = HexFormat.of();
  private static final int ID_LENGTH = 8;
  private static final int TOKEN_LENGTH = 32;
  private static final Duration LONGEST = Duration.ofDays(30);

  private final SecureRandom random = new SecureRandom();
  private final Bundles.Settings settings;
  private final Trees trees;
  private final Seal seal;
  private final Book book;
  private final InstantSource clock;

  Issue(Bundles.Settings settings, Trees trees, Seal seal, Book book, InstantSource clock) {
    this.settings = settings;
    this.trees = trees;
    this.seal = seal;
    this.book = book;
    this.clock = clock;
  }

  Bundles.Issued issue(TreeName tree, HostName host, Optional<Duration> ttl) {
    String address = address();
    Duration time = ttl.orElse(settings.ttl());
    requireSensible(time);
    new TreeSecrets(trees.open(tree)).requireMinted(host);
    requireNoneOpen(tree, host);
    String hostKey;
    try (SshEd25519Key key = hostKey(Optional.of(tree))) {
      hostKey = key.fingerprint();
    }
    byte[] token = random(TOKEN_LENGTH);
    String id = HEX.formatHex(random(ID_LENGTH));
    Instant expires = clock.instant().plus(time).truncatedTo(ChronoUnit.SECONDS);
    byte[] tunnelKey = {};
    try (SshEd25519Key key = SshEd25519Key.generate()) {
      tunnelKey = key.privateKeyFile("");
      byte[] ticket = TicketText.of(id, host.text(), address, hostKey, token, tunnelKey, expires);
      book.record(
          new Event.BundleIssued(
              id,
              tree.text(),
              host.text(),
              HEX.formatHex(Sha256.of(token)),
              key.fingerprint(),
              expires));
      return new Bundles.Issued(book.find(id).orElseThrow().view(), ticket, address, hostKey);
    } finally {
      Arrays.fill(token, (byte) 0);
      Arrays.fill(tunnelKey, (byte) 0);
    }
  }

  /** Ends a bundle whose ticket never left. */
  Held withdraw(String id) {
    book.record(new Event.BundleExpired(id));
    return book.find(id).orElseThrow();
  }

  SshEd25519Key hostKey(Optional<TreeName> tree) {
    TreeSecrets secrets =
        new TreeSecrets(
            trees.open(
                tree.orElseThrow(
                    () ->
                        new Refusal.Declined(
                            Reason.BUNDLE_UNKNOWN,
                            "no bundle was ever issued",
                            "nbctl bundle issue HOST"))));
    return seal.withMaster(secrets::hostKey);
  }

  private String address() {
    return settings
        .address()
        .orElseThrow(
            () ->
                new Refusal.Declined(
                    Reason.TUNNEL_NOT_CONFIGURED,
                    "installers have no address to reach this broker at",
                    "set tunnel.address (host:port) in config.yaml and start nbrokerd again"));
  }

  private static void requireSensible(Duration time) {
    if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
      throw new Refusal.Usage(
          Reason.REQUEST_INVALID,
          "a bundle cannot be valid for " + time.toSeconds() + " s",
          "choose 1 s to " + LONGEST.toDays() + " days");
    }
  }

  // A ticket that nobody has used gives way to a newer one: it may never have reached anybody.
  private void requireNoneOpen(TreeName tree, HostName host) {
    book.openOf(tree, host)
        .ifPresent(
            open -> {
              if (open.state != Bundles.State.ISSUED) {
                throw new Refusal.Declined(
                    Reason.BUNDLE_OPEN, host + " has a claimed bundle, " + open.id, endsBy(open));
              }
              book.record(new Event.BundleExpired(open.id));
            });
    book.all().stream()
        .filter(bundle -> bundle.open() && !bundle.tree.equals(tree))
        .findFirst()
        .ifPresent(
            other -> {
              throw new Refusal.Declined(
                  Reason.BUNDLE_OPEN,
                  "tree "
                      + other.tree
                      + " has an open bundle for "
                      + other.host
                      + ", and the SSH port shows one tree's host key at a time",
                  endsBy(other));
            });
  }

  private static String endsBy(Held open) {
    return "install " + open.host + " with its ticket, or wait until it ends at " + open.expires;
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
