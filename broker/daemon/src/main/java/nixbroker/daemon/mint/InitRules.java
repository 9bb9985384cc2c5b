package nixbroker.daemon.mint;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.tree.SopsRefusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.DataKey;
import nixbroker.sops.RuleOptions;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsException;
import nixbroker.sops.SopsFile;

/**
 * What the first run writes into a tree: the master in every rule, a rule for .nixbroker/, and the
 * files in there.
 */
final class InitRules {
  static final String MASTER = "master";
  static final String MASTER_FILE = ".nixbroker/master.age";
  private static final String IDENTITY_FILE = ".nixbroker/identity.txt";
  private static final String HOST_KEY_FILE = ".nixbroker/ssh_host_key.yaml";

  private final Tree tree;
  private final SecretPath path;
  private final Optional<byte[]> present;
  private final SopsConfig config;

  private InitRules(Tree tree, SecretPath path, Optional<byte[]> present, SopsConfig config) {
    this.tree = tree;
    this.path = path;
    this.present = present;
    this.config = config;
  }

  static InitRules of(Tree tree) {
    SecretPath path = tree.sopsConfig().orElseGet(() -> tree.path(".sops.yaml"));
    Optional<byte[]> present = tree.read(path);
    try {
      SopsConfig config =
          present.isPresent() ? SopsConfig.parse(present.get()) : SopsConfig.empty();
      return new InitRules(tree, path, present, config);
    } catch (SopsException e) {
      throw SopsRefusal.config(e, tree);
    }
  }

  SecretPath path() {
    return path;
  }

  int ruleCount() {
    return config.rules().size();
  }

  Tree.Change change(
      String message,
      MasterKey masterKey,
      Hardware.Enrolled enrolled,
      SshEd25519Key hostKey,
      Instant now) {
    Map<SecretPath, Optional<byte[]>> read = new TreeMap<>();
    Map<SecretPath, byte[]> written = new TreeMap<>();
    written.put(path, edited(masterKey.recipient()));
    written.put(tree.path(MASTER_FILE), masterKey.masterFile());
    written.put(tree.path(IDENTITY_FILE), identityFile(masterKey, enrolled, now));
    written.put(tree.path(HOST_KEY_FILE), hostKeyFile(masterKey.recipient(), hostKey, now));
    written.keySet().forEach(file -> read.put(file, Optional.empty()));
    read.put(path, present);
    return new Tree.Change(message, read, written);
  }

  private byte[] edited(String master) {
    try {
      SopsConfig edited = config.withAnchor(MASTER, master);
      for (SopsConfig.Rule rule : config.rules()) {
        edited = edited.withRecipient(rule.index(), MASTER);
      }
      String folder = tree.prefix().isEmpty() ? "" : tree.rulePath(tree.path("x"));
      String prefix = folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1);
      String regex =
          "^" + prefix.replaceAll("[^A-Za-z0-9_/-]", "\\\\$0") + "\\.nixbroker/.*\\.yaml$";
      return edited.withRule(0, regex, List.of(MASTER), RuleOptions.NONE).bytes();
    } catch (SopsException e) {
      throw SopsRefusal.config(e, tree);
    }
  }

  private static byte[] hostKeyFile(String master, SshEd25519Key hostKey, Instant now) {
    byte[] privateKey = hostKey.privateKeyFile("nixbroker");
    try (DataKey key = DataKey.random()) {
      return SopsFile.create(
              Map.of("ssh_host_ed25519_key", privateKey),
              RuleOptions.NONE,
              key,
              List.of(master),
              now)
          .bytes();
    } catch (SopsException e) {
      throw new IllegalStateException("a new sops file did not come out well", e);
    } finally {
      Arrays.fill(privateKey, (byte) 0);
    }
  }

  // Laid out as age-plugin-yubikey prints an identity, so that `age -d -i` takes the file as it is.
  private static byte[] identityFile(MasterKey masterKey, Hardware.Enrolled enrolled, Instant now) {
    String text =
        """
        # format: 1
        # master: %s
        #       Serial: %d, Slot: %d
        #         Name: nixbroker
        #      Created: %s
        #   PIN policy: Once   (A PIN is required once per session, if set)
        # Touch policy: Always (A physical touch is required for every decryption)
        #    Recipient: %s
        %s
        """
            .formatted(
                masterKey.recipient(),
                enrolled.key().serial(),
                enrolled.key().slot() - 0x81,
                now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                enrolled.recipient().text(),
                enrolled.identity());
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
