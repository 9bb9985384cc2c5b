package nixbroker.daemon.hardware;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nixbroker.age.PivP256Recipient;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.Requester;

/** Runs nb-card and pinentry for one conversation each. */
public final class Hardware {
  /** softwareKey: the file of the software key, for a development nb-card only. */
  public record Settings(
      Path helper, Path pinentry, Optional<Path> softwareKey, Duration timeout) {}

  public Hardware(Settings settings) {
    throw new UnsupportedOperationException();
  }

  /** The keys present, with a free slot each; no PIN, no touch. */
  public List<HardwareKey> list() {
    throw new UnsupportedOperationException();
  }

  /** A key in a slot, and how to find it again: identity is AGE-PLUGIN-YUBIKEY-1…. */
  public record Enrolled(HardwareKey key, PivP256Recipient recipient, String identity) {}

  /**
   * Creates a P-256 key in the key's slot (PIN once, touch always) with the plugin's certificate.
   */
  public Enrolled enrol(HardwareKey key, Requester requester, Conversation conversation) {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens master.age with the key it was wrapped to. Enrolled are the public identities of the
   * tree.
   */
  public Opened open(
      byte[] masterAge, List<Enrolled> enrolled, Requester requester, Conversation conversation) {
    throw new UnsupportedOperationException();
  }

  public record Opened(HardwareKey key, X25519Identity master) {}
}
