package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.CANNOT_DECRYPT;
import static nixbroker.daemon.refusal.Reason.STORE_UNSUPPORTED;
import static nixbroker.daemon.refusal.Reason.UNEXPECTED_RECIPIENT;
import static nixbroker.daemon.refusal.Reason.VALUE_IN_CLEAR;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.SopsRefusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.DataKey;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsException;
import nixbroker.sops.SopsFile;

/**
 * The sops files of one tree as they are at the start of a minting, each read once; opens them with
 * the master.
 */
final class TreeFiles {
  private final Tree tree;
  private final Seal seal;
  private final java.time.InstantSource clock;
  private final Map<SecretPath, Optional<byte[]>> contents = new HashMap<>();

  TreeFiles(Tree tree, Seal seal, java.time.InstantSource clock) {
    this.tree = tree;
    this.seal = seal;
    this.clock = clock;
  }

  Optional<byte[]> content(SecretPath path) {
    return contents.computeIfAbsent(path, tree::read);
  }

  byte[] bytes(SecretPath path) {
    return content(path).orElseThrow(() -> new IllegalStateException(path + " is not there"));
  }

  boolean exists(SecretPath path) {
    return content(path).isPresent();
  }

  boolean isEncrypted(SecretPath path) {
    return content(path).map(SopsFile::looksEncrypted).orElse(false);
  }

  /** Which of the recipients an encrypted file lacks; nothing for a file in clear. */
  List<String> missing(SecretPath path, List<String> recipients) {
    if (!isYaml(path)) {
      if (looksLikeAnotherStore(bytes(path))) {
        throw otherStore(path);
      }
      return List.of();
    }
    if (!isEncrypted(path)) {
      return List.of();
    }
    List<String> present = parse(path, bytes(path)).ageRecipients();
    return recipients.stream().filter(recipient -> !present.contains(recipient)).toList();
  }

  HostKeys hostKeys(SecretPath install, HostName host) {
    Map<String, byte[]> values = values(install);
    try {
      return HostKeys.of(host, value(values, HostKeys.HOST_KEY, install), tree.shown(install));
    } finally {
      wipe(values);
    }
  }

  /** Hands a user's age key over to the keys; false when the file has none. */
  boolean takeUser(SecretPath secrets, HostKeys keys, UserName user) {
    Map<String, byte[]> values = values(secrets);
    try {
      byte[] identity = values.get(keys.ageKeyPath(user));
      if (identity != null) {
        keys.user(user, identity, tree.shown(secrets));
      }
      return identity != null;
    } finally {
      wipe(values);
    }
  }

  /**
   * A new file with the values, or the one that is there with the values added, under a rule's
   * options and recipients.
   */
  byte[] withValues(SecretPath path, Map<String, byte[]> values, SopsConfig.Rule rule) {
    requireEncrypted(path, values, rule);
    requireOnly(path, rule);
    Optional<byte[]> present = content(path);
    try {
      if (present.isPresent()) {
        SopsFile file = parse(path, present.get());
        try (DataKey key = open(path, file)) {
          return file.withValues(key, values, clock.instant()).bytes();
        }
      }
      try (DataKey key = DataKey.random()) {
        return SopsFile.create(values, rule.options(), key, rule.recipients(), clock.instant())
            .bytes();
      }
    } catch (SopsException e) {
      throw SopsRefusal.file(e, tree.shown(path));
    }
  }

  // New values go into a file that is there only if nobody but its rule's recipients can open it.
  private void requireOnly(SecretPath path, SopsConfig.Rule rule) {
    List<String> present =
        content(path).map(bytes -> parse(path, bytes).ageRecipients()).orElse(List.of());
    for (String recipient : present) {
      if (!rule.recipients().contains(recipient)) {
        throw new Refusal.Declined(
            UNEXPECTED_RECIPIENT,
            tree.shown(path) + " can also be opened by " + recipient + ", which no rule names",
            "it could have been added by an attacker: see who added it with `git log -S "
                + recipient
                + "`, then take it out with sops updatekeys and sops rotate");
      }
    }
  }

  private void requireEncrypted(SecretPath path, Map<String, byte[]> values, SopsConfig.Rule rule) {
    for (String value : values.keySet()) {
      boolean encrypted;
      try {
        encrypted = rule.options().encrypts(List.of(value.split("/")));
      } catch (SopsException e) {
        throw SopsRefusal.config(e, tree);
      }
      if (!encrypted) {
        throw new Refusal.Declined(
            VALUE_IN_CLEAR,
            "the rule for " + tree.shown(path) + " would leave " + value + " in clear",
            "widen its encrypted_regex (or narrow its unencrypted_regex, or suffix) in .sops.yaml");
      }
    }
  }

  byte[] withRecipients(SecretPath path, byte[] before, List<String> added) {
    SopsFile file = parse(path, before);
    try (DataKey key = open(path, file)) {
      file.verify(key);
      return file.withRecipients(key, added).bytes();
    } catch (SopsException e) {
      throw SopsRefusal.file(e, tree.shown(path));
    }
  }

  /**
   * Proves new contents: they open with the master and, exactly when granted, with the identity;
   * values and MAC hold.
   */
  void verify(SecretPath path, byte[] content, X25519Identity identity, boolean granted) {
    SopsFile file = parse(path, content);
    try (DataKey key = open(path, file)) {
      file.verify(key);
    } catch (SopsException e) {
      throw SopsRefusal.file(e, tree.shown(path));
    }
    if (opens(file, identity) != granted) {
      throw new IllegalStateException(
          path + " was to " + (granted ? "" : "not ") + "open for a new key");
    }
  }

  private static boolean opens(SopsFile file, X25519Identity identity) {
    try (DataKey key = file.open(identity, identity.recipient().text())) {
      file.verify(key);
      return true;
    } catch (SopsException e) {
      return false;
    }
  }

  /** The string values of a file by path; the caller wipes them. */
  private Map<String, byte[]> values(SecretPath path) {
    SopsFile file = parse(path, bytes(path));
    try (DataKey key = open(path, file)) {
      return file.values(key);
    } catch (SopsException e) {
      throw SopsRefusal.file(e, tree.shown(path));
    }
  }

  private DataKey open(SecretPath path, SopsFile file) {
    return seal.withMaster(
        master -> {
          try {
            return file.open(master, master.recipient().text());
          } catch (SopsException e) {
            throw SopsRefusal.file(e, tree.shown(path));
          }
        });
  }

  private SopsFile parse(SecretPath path, byte[] content) {
    try {
      return SopsFile.parse(content);
    } catch (SopsException e) {
      throw SopsRefusal.file(e, tree.shown(path));
    }
  }

  private byte[] value(Map<String, byte[]> values, String name, SecretPath path) {
    byte[] value = values.get(name);
    if (value == null) {
      throw new Refusal.Declined(
          CANNOT_DECRYPT,
          tree.shown(path) + " has no " + name,
          "restore it: git log -- " + tree.shown(path));
    }
    return value;
  }

  private static void wipe(Map<String, byte[]> values) {
    values.values().forEach(value -> Arrays.fill(value, (byte) 0));
  }

  private static boolean isYaml(SecretPath path) {
    return path.text().endsWith(".yaml") || path.text().endsWith(".yml");
  }

  // Only whether to refuse depends on this, so a false alarm costs a message and no secret.
  private static boolean looksLikeAnotherStore(byte[] content) {
    String text = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1);
    return text.contains("ENC[AES256_GCM,")
        && (text.contains("\"sops\"") || text.contains("[sops]") || text.contains("sops_mac="));
  }

  private Refusal otherStore(SecretPath path) {
    String shown = tree.shown(path);
    return new Refusal.Declined(
        STORE_UNSUPPORTED,
        shown + " is a sops file of a store other than yaml, which minting would have to rekey",
        "move it out of the shared and user folders; stock sops goes on reading it");
  }
}
