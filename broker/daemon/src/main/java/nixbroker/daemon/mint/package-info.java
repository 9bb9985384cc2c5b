/// Makes keys, and turns a request into a change of a secrets tree: first run, unlock, mint a host.
/// May import: tree, sops, age, seal, ledger, hardware.
/// Everything is computed and verified in memory first; only `Tree.apply` touches files.
package nixbroker.daemon.mint;
