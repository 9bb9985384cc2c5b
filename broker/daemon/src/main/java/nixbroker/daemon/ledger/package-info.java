/// The append-only, hash-chained, fsynced record of every transition, which is also the audit log.
/// May import: nothing.
/// Append before the effect; what append refuses must not happen.
package nixbroker.daemon.ledger;
