package nixbroker.daemon.hardware;

/**
 * What the person must know while the conversation with the key goes on; called on the
 * conversation's thread.
 */
public interface Conversation {
  void pinNeeded(HardwareKey key, int tries);

  void touchNeeded(HardwareKey key);
}
