package nixbroker.daemon.mint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.PivP256Recipient;
import nixbroker.age.ScryptIdentity;
import nixbroker.age.ScryptRecipient;
import nixbroker.age.X25519Identity;
import nixbroker.secret.SecretPage;

/**
 * A new master key and the two files that hold it: wrapped to a hardware key and to a recovery
 * recipient. Only pages hold either key.
 */
final class MasterKey implements AutoCloseable {
  private static final int RECOVERY_LOG_N = 18;

  private final X25519Identity master;
  private final byte[] masterFile;
  private final byte[] recoveryFile;

  private MasterKey(X25519Identity master, byte[] masterFile, byte[] recoveryFile) {
    this.master = master;
    this.masterFile = masterFile;
    this.recoveryFile = recoveryFile;
  }

  /** The passphrase (ASCII) protects the recovery identity; it stays the caller's. */
  static MasterKey create(PivP256Recipient hardware, byte[] passphrase) {
    X25519Identity master = X25519Identity.generate();
    boolean done = false;
    try (X25519Identity recovery = X25519Identity.generate();
        SecretPage masterText = identityFile(master);
        SecretPage recoveryText = identityFile(recovery);
        ScryptRecipient protection = new ScryptRecipient(passphrase, RECOVERY_LOG_N)) {
      var key =
          new MasterKey(
              master,
              AgeFile.encrypt(masterText, List.of(hardware, recovery.recipient())),
              AgeFile.encrypt(recoveryText, List.of(protection)));
      key.prove(passphrase);
      done = true;
      return key;
    } catch (AgeException e) {
      throw new IllegalStateException("a new age file did not come out well", e);
    } finally {
      if (!done) {
        master.close();
      }
    }
  }

  // What is written to disk is the only way back to the master, so it is opened once before anybody
  // relies on it.
  private void prove(byte[] passphrase) throws AgeException {
    try (var protection = new ScryptIdentity(passphrase, RECOVERY_LOG_N);
        SecretPage recoveryText = AgeFile.decryptToPage(recoveryFile, protection);
        X25519Identity recovery = X25519Identity.parse(recoveryText);
        SecretPage masterText = AgeFile.decryptToPage(masterFile, recovery);
        X25519Identity again = X25519Identity.parse(masterText)) {
      if (!again.recipient().equals(master.recipient())) {
        throw new IllegalStateException("master.age opens to another key");
      }
    }
  }

  private static SecretPage identityFile(X25519Identity identity) {
    byte[] head =
        ("# public key: " + identity.recipient().text() + "\n").getBytes(StandardCharsets.US_ASCII);
    try (SecretPage key = identity.encoded()) {
      SecretPage file = SecretPage.allocate(head.length + key.length() + 1);
      MemorySegment to = file.segment();
      MemorySegment.copy(head, 0, to, ValueLayout.JAVA_BYTE, 0, head.length);
      MemorySegment.copy(key.segment(), 0, to, head.length, key.length());
      to.set(ValueLayout.JAVA_BYTE, head.length + key.length(), (byte) '\n');
      return file;
    }
  }

  /** age1… */
  String recipient() {
    return master.recipient().text();
  }

  /** master.age, binary. */
  byte[] masterFile() {
    return masterFile;
  }

  /** recovery.age, binary. */
  byte[] recoveryFile() {
    return recoveryFile;
  }

  @Override
  public void close() {
    master.close();
  }
}
