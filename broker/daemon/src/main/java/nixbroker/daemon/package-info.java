/// The program nbrokerd: reads the configuration, builds the rooms, starts and stops them.
/// May import: ledger, hardware, seal, tree, mint, bundle, tunnel, rpc, web.
/// The only package that sees every room; nothing imports it, and no decision about secrets is made here.
package nixbroker.daemon;
