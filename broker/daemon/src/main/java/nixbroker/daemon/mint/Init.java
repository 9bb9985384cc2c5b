package nixbroker.daemon.mint;

import java.nio.file.Path;
import java.util.Optional;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;

/**
 * First run: master key, hardware key, recovery, the broker's SSH host key, the tree's rules; one
 * commit.
 */
public final class Init {
  public record Request(
      TreeName tree, Requester requester, Optional<Path> recoveryFile, boolean dryRun) {}

  public record Plan(
      String treePath,
      String sopsConfig,
      int rules,
      int encryptedFiles,
      nixbroker.daemon.hardware.HardwareKey key,
      Path recoveryFile) {}

  /** recoveryPassphrase: ASCII, the caller wipes it. hostKey: SHA256:… */
  public record Done(
      String master,
      String commit,
      String commitMessage,
      byte[] recoveryPassphrase,
      String hostKey) {}

  public interface Listener extends nixbroker.daemon.hardware.Conversation {
    void planned(Plan plan);
  }

  public Init(
      Path stateFolder,
      nixbroker.daemon.tree.Trees trees,
      nixbroker.daemon.hardware.Hardware hardware,
      nixbroker.daemon.ledger.Ledger ledger,
      java.time.InstantSource clock) {
    throw new UnsupportedOperationException();
  }

  public Optional<Done> init(Request request, Listener listener) {
    throw new UnsupportedOperationException();
  }
}
