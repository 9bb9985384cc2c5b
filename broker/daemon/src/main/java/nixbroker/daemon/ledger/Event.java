package nixbroker.daemon.ledger;

import java.time.Instant;

/** Everything the ledger records. Text fields hold no secret. */
public sealed interface Event {
  record Started(String version, long pid) implements Event {}

  record Stopped(String why) implements Event {}

  record Initialised(String tree, String master, String commit) implements Event {}

  record Unlocked(String key, Instant until) implements Event {}

  record Locked(String why) implements Event {}

  /** A transaction of a tree is durable in its stage and about to become visible. */
  record Intent(String tree, String id, String what, String stage, String head, String commit)
      implements Event {}

  record Done(String tree, String id, String commit) implements Event {}

  record Aborted(String tree, String id, String why) implements Event {}

  record Minted(String tree, String host, String recipient, String commit) implements Event {}

  /** tokenHash: SHA-256 of the token, hex; tunnelKey: SHA256: fingerprint. */
  record BundleIssued(
      String bundle, String tree, String host, String tokenHash, String tunnelKey, Instant expires)
      implements Event {}

  /**
   * ciphertextHash: SHA-256 of the stored ciphertext, hex; receipt: SHA-256 the acknowledgement
   * must bring, hex.
   */
  record BundleClaimed(
      String bundle, String recipient, String from, String ciphertextHash, String receipt)
      implements Event {}

  record BundleFetched(String bundle) implements Event {}

  record BundleActive(String bundle) implements Event {}

  record BundleExpired(String bundle) implements Event {}

  record PhaseChanged(String bundle, String phase, String state, String detail) implements Event {}

  record Refused(String caller, String method, String reason) implements Event {}
}
