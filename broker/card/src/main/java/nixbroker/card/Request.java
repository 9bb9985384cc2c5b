package nixbroker.card;

/** What the daemon asks for: one of these a process. Serials are unsigned 32-bit numbers. */
sealed interface Request {
  record ListKeys() implements Request {}

  /** ECDH of the slot's key with a point; both points compressed or not as docs/nb-card.md says. */
  record Agree(long serial, int slot, byte[] expected33, byte[] point65) implements Request {}

  /** A new key in a free slot; the name becomes the certificate's common name. */
  record Enrol(long serial, int slot, String name) implements Request {}
}
