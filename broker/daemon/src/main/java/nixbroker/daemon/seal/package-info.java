/// Sealed or unsealed: holds the master identity, lends it for one use at a time, locks itself again.
/// May import: age, hardware, ledger.
/// Nobody keeps the identity beyond the use it was lent for: a lock waits 200 ms, then wipes.
package nixbroker.daemon.seal;
