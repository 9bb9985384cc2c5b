/// The secrets tree: what is in it, and changing it as one crash-safe transaction and commit.
/// May import: sops, age, seal, ledger.
/// Nothing else writes to a tree, and all durable calls run on the thread named "apply".
package nixbroker.daemon.tree;
