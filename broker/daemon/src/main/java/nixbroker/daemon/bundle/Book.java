package nixbroker.daemon.bundle;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;

/** All bundles, folded from the ledger. Guarded by the lock of {@link Bundles}. */
final class Book {
  private final Ledger ledger;
  private final Watchers watchers;
  private final Map<String, Held> byId = new LinkedHashMap<>();

  Book(Ledger ledger, Watchers watchers) {
    this.ledger = ledger;
    this.watchers = watchers;
    ledger.entries().forEach(this::apply);
  }

  /** Records, and only then changes what is known and tells it. */
  Ledger.Entry record(Event event) {
    Ledger.Entry entry = ledger.append(event);
    apply(entry);
    switch (event) {
      case Event.BundleIssued e -> tell(e.bundle());
      case Event.BundleClaimed e -> tell(e.bundle());
      case Event.BundleActive e -> tell(e.bundle());
      case Event.BundleExpired e -> tell(e.bundle());
      case Event.PhaseChanged e -> tell(e.bundle());
      default -> {}
    }
    return entry;
  }

  private void tell(String bundle) {
    watchers.publish(byId.get(bundle).told.getLast());
  }

  private void apply(Ledger.Entry entry) {
    switch (entry.event()) {
      case Event.BundleIssued e -> byId.put(e.bundle(), new Held(entry, e));
      case Event.BundleClaimed e -> byId.get(e.bundle()).claimed(entry.at(), e);
      case Event.BundleFetched e -> byId.get(e.bundle()).fetched = true;
      case Event.BundleActive e -> byId.get(e.bundle()).become(Bundles.State.ACTIVE, entry.at());
      case Event.BundleExpired e -> byId.get(e.bundle()).become(Bundles.State.EXPIRED, entry.at());
      case Event.PhaseChanged e -> byId.get(e.bundle()).phase(entry.at(), e);
      case Event.Started _,
          Event.Stopped _,
          Event.Initialised _,
          Event.Unlocked _,
          Event.Locked _,
          Event.Intent _,
          Event.Done _,
          Event.Aborted _,
          Event.Minted _,
          Event.Refused _ -> {}
    }
  }

  Collection<Held> all() {
    return byId.values();
  }

  Optional<Held> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Held> openOf(TreeName tree, HostName host) {
    return all().stream()
        .filter(b -> b.open() && b.tree.equals(tree) && b.host.equals(host))
        .findFirst();
  }

  Optional<Held> ofTunnelKey(String fingerprint) {
    return all().stream().filter(b -> b.tunnelKey.equals(fingerprint)).findFirst();
  }

  Set<String> claimed() {
    return all().stream()
        .filter(b -> b.state == Bundles.State.CLAIMED)
        .map(b -> b.id)
        .collect(Collectors.toSet());
  }

  /** The newest bundle of each host, oldest first: what a watcher who comes late wants to know. */
  Collection<Held> newestOfEachHost() {
    Map<String, Held> newest = new LinkedHashMap<>();
    for (Held bundle : all()) {
      String host = bundle.tree + "/" + bundle.host;
      newest.remove(host);
      newest.put(host, bundle);
    }
    return newest.values();
  }

  /** The tree whose host key the SSH port shows. */
  Optional<TreeName> newestTree() {
    return all().stream()
        .filter(Held::open)
        .reduce((_, later) -> later)
        .or(() -> all().stream().reduce((_, later) -> later))
        .map(bundle -> bundle.tree);
  }
}
