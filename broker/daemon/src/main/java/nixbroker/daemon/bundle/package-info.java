/// Bundles and tickets: issue, claim, fetch, acknowledge; the redemption folded from the ledger.
/// May import: tree, age, sops, seal, ledger, proto.
/// Of proto only Bundle and PlacedFile, the plaintext's form; record in the ledger first, then act.
package nixbroker.daemon.bundle;
