package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.ALREADY_INITIALISED;
import static nixbroker.daemon.refusal.Reason.CARD_ABSENT;
import static nixbroker.daemon.refusal.Reason.TREE_HAS_OTHER_FILES;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.hardware.Conversation;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.daemon.tree.Trees;
import nixbroker.sops.SopsFile;

/**
 * First run: master key, hardware key, recovery, the broker's SSH host key, the tree's rules; one
 * commit.
 */
public final class Init {
  private static final String MESSAGE = "nixbroker: init";

  private final Path stateFolder;
  private final Trees trees;
  private final Hardware hardware;
  private final Ledger ledger;
  private final InstantSource clock;

  /**
   * One request.
   *
   * @param recoveryFile absolute; empty: recovery.age in the state folder
   */
  public record Request(
      TreeName tree, Requester requester, Optional<Path> recoveryFile, boolean dryRun) {}

  /**
   * What is there and what will be made.
   *
   * @param sopsConfig path of .sops.yaml relative to the tree
   */
  public record Plan(
      String treePath,
      String sopsConfig,
      int rules,
      int encryptedFiles,
      HardwareKey key,
      Path recoveryFile) {}

  /**
   * What was made.
   *
   * @param commit 40 hex digits
   * @param hostKey {@code SHA256:} fingerprint of the broker's SSH host key
   */
  public record Done(String master, String commit, String commitMessage, String hostKey) {}

  /** Called on the request's thread: the plan first, then what the key waits for. */
  public interface Listener extends Conversation {
    void planned(Plan plan);

    /**
     * Hands over the passphrase of recovery.age (ASCII, wiped afterwards) before the tree is
     * changed; throws when there is nobody to take it, and then nothing is changed.
     */
    void recovery(byte[] passphrase);
  }

  public Init(
      Path stateFolder, Trees trees, Hardware hardware, Ledger ledger, InstantSource clock) {
    this.stateFolder = stateFolder;
    this.trees = trees;
    this.hardware = hardware;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** Plans, and unless it is a dry run makes it so; empty for a dry run. */
  public Optional<Done> init(Request request, Listener listener) {
    Tree tree = trees.open(request.tree());
    requireUntouched(tree);
    InitRules rules = InitRules.of(tree);
    RecoveryFile recoveryFile =
        RecoveryFile.at(request.recoveryFile().orElse(stateFolder.resolve("recovery.age")));
    HardwareKey key = firstKey();
    listener.planned(
        new Plan(
            tree.folder().toString(),
            tree.shown(rules.path()),
            rules.ruleCount(),
            0,
            key,
            recoveryFile.path()));
    return request.dryRun()
        ? Optional.empty()
        : Optional.of(make(request, tree, rules, recoveryFile, key, listener));
  }

  private Done make(
      Request request,
      Tree tree,
      InitRules rules,
      RecoveryFile recoveryFile,
      HardwareKey key,
      Listener listener) {
    Hardware.Enrolled enrolled = hardware.enrol(key, request.requester(), listener);
    byte[] passphrase = Passphrase.generate();
    try (var masterKey = MasterKey.create(enrolled.recipient(), passphrase);
        var hostKey = SshEd25519Key.generate()) {
      Tree.Change change = rules.change(MESSAGE, masterKey, enrolled, hostKey, clock.instant());
      recoveryFile.write(masterKey.recoveryFile());
      String commit = apply(tree, change, request, recoveryFile, listener, passphrase);
      ledger.append(new Event.Initialised(request.tree().text(), masterKey.recipient(), commit));
      return new Done(masterKey.recipient(), commit, MESSAGE, hostKey.fingerprint());
    } finally {
      Arrays.fill(passphrase, (byte) 0);
    }
  }

  private static String apply(
      Tree tree,
      Tree.Change change,
      Request request,
      RecoveryFile recoveryFile,
      Listener listener,
      byte[] passphrase) {
    boolean keep = false;
    try {
      listener.recovery(passphrase);
      String commit = tree.apply(change, request.requester());
      keep = true;
      return commit;
    } finally {
      // A change that is neither done nor undone may yet need it, or may just have been finished.
      if (!keep
          && !tree.mayStillChange()
          && tree.read(tree.path(InitRules.MASTER_FILE)).isEmpty()) {
        recoveryFile.remove();
      }
    }
  }

  private HardwareKey firstKey() {
    List<HardwareKey> keys = hardware.list();
    if (keys.isEmpty()) {
      throw new Refusal.Declined(
          CARD_ABSENT, "no hardware key is plugged in", "plug in a YubiKey and try again");
    }
    return keys.getFirst();
  }

  private static void requireUntouched(Tree tree) {
    if (tree.read(tree.path(InitRules.MASTER_FILE)).isPresent()) {
      throw new Refusal.Declined(
          ALREADY_INITIALISED,
          tree.folder() + " has a master key already (" + InitRules.MASTER_FILE + ")",
          "nbctl unlock");
    }
    List<SecretPath> encrypted =
        tree.files().stream()
            .filter(path -> tree.read(path).map(SopsFile::looksEncrypted).orElse(false))
            .toList();
    if (!encrypted.isEmpty()) {
      throw new Refusal.Declined(
          TREE_HAS_OTHER_FILES,
          tree.shown(encrypted.getFirst())
              + (encrypted.size() > 1 ? " and " + (encrypted.size() - 1) + " more are" : " is")
              + " encrypted already, to keys this broker does not have",
          "start with a tree that has no encrypted file; taking over others is not there yet");
    }
  }
}
