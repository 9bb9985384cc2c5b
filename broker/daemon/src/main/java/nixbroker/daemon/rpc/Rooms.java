package nixbroker.daemon.rpc;

import java.time.InstantSource;
import java.util.Optional;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.mint.Unlock;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.daemon.tunnel.Tunnel;

/**
 * The rooms the endpoints lead to.
 *
 * @param version of the broker, e.g. 0.1.0
 * @param softwareKey the configuration names a software key: NOT A REAL KEY
 * @param tunnelAddress host:port installers reach; empty when none is configured
 */
public record Rooms(
    String version,
    boolean softwareKey,
    Optional<String> tunnelAddress,
    Seal seal,
    Trees trees,
    Init init,
    Unlock unlock,
    Mint mint,
    Bundles bundles,
    Optional<Tunnel> tunnel,
    Ledger ledger,
    InstantSource clock) {}
