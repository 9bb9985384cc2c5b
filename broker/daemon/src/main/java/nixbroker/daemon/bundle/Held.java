package nixbroker.daemon.bundle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;

/** One bundle as the ledger tells it; changed only by applying entries. */
final class Held {
  private static final HexFormat HEX = HexFormat.of();

  final String id;
  final TreeName tree;
  final HostName host;
  final String tunnelKey;
  final byte[] tokenHash;
  final Instant issued;
  final Instant expires;

  Bundles.State state = Bundles.State.ISSUED;
  Instant since;
  boolean fetched;
  String phase = "";
  String recipient = "";
  byte[] ciphertextHash = {};
  byte[] receipt = {};
  String lastPhaseEntry = "";
  int phaseEntries;
  int refusals;

  /** What a watcher who comes late is told. */
  final List<Bundles.News> told = new ArrayList<>();

  Held(Ledger.Entry entry, Event.BundleIssued issued) {
    this.id = issued.bundle();
    this.tree = TreeName.parse(issued.tree());
    this.host = HostName.parse(issued.host());
    this.tunnelKey = issued.tunnelKey();
    this.tokenHash = HEX.parseHex(issued.tokenHash());
    this.issued = entry.at();
    this.expires = issued.expires();
    become(Bundles.State.ISSUED, entry.at());
  }

  void claimed(Instant at, Event.BundleClaimed claim) {
    recipient = claim.recipient();
    ciphertextHash = HEX.parseHex(claim.ciphertextHash());
    receipt = HEX.parseHex(claim.receipt());
    become(Bundles.State.CLAIMED, at);
  }

  void become(Bundles.State next, Instant at) {
    state = next;
    since = at;
    told.add(new Bundles.News.StateChanged(view(), at));
  }

  void phase(Instant at, Event.PhaseChanged change) {
    phase = change.phase();
    lastPhaseEntry = change.phase() + ' ' + change.state();
    phaseEntries++;
    told.add(
        new Bundles.News.Reported(
            view(), at, new Bundles.Report.Phase(change.phase(), change.state(), change.detail())));
  }

  boolean open() {
    return state == Bundles.State.ISSUED || state == Bundles.State.CLAIMED;
  }

  boolean due(Instant now) {
    return open() && !now.isBefore(expires);
  }

  /** When it ended, or will end at the latest. */
  Instant ends() {
    return open() || expires.isBefore(since) ? expires : since;
  }

  Bundles.View view() {
    return new Bundles.View(id, tree, host, state, issued, expires, phase);
  }
}
