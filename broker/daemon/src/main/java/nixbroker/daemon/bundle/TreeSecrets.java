package nixbroker.daemon.bundle;

import java.util.Arrays;
import java.util.Map;
import nixbroker.age.AgeException;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.tree.SopsRefusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.DataKey;
import nixbroker.sops.SopsException;
import nixbroker.sops.SopsFile;

/** What the tunnel and the bundles need out of a secrets tree, opened with the master identity. */
final class TreeSecrets {
  static final String HOST_KEY_FILE = ".nixbroker/ssh_host_key.yaml";

  private final Tree tree;

  TreeSecrets(Tree tree) {
    this.tree = tree;
  }

  static String installFile(HostName host) {
    return "hosts/" + host + "/install.yaml";
  }

  /** Refused when the host was never minted in this tree. */
  void requireMinted(HostName host) {
    readInstallFile(host);
  }

  private byte[] readInstallFile(HostName host) {
    String path = installFile(host);
    return tree.read(tree.path(path))
        .orElseThrow(
            () ->
                new Refusal.Declined(
                    Reason.HOST_NOT_MINTED,
                    path + " is not in tree " + tree.name(),
                    "nbctl mint " + host));
  }

  /** The values of the host's install.yaml by name; the caller wipes them. */
  Map<String, byte[]> installValues(HostName host, X25519Identity master) {
    return values(installFile(host), readInstallFile(host), master);
  }

  /** The broker's SSH host key; the caller closes it. */
  SshEd25519Key hostKey(X25519Identity master) {
    byte[] text =
        tree.read(tree.path(HOST_KEY_FILE))
            .orElseThrow(
                () ->
                    new Refusal.Declined(
                        Reason.NOT_INITIALISED,
                        "tree " + tree.name() + " has no " + HOST_KEY_FILE,
                        "nbctl init --tree " + tree.name()));
    Map<String, byte[]> values = values(HOST_KEY_FILE, text, master);
    try {
      return sshKey(HOST_KEY_FILE, values, "ssh_host_ed25519_key");
    } finally {
      wipe(values);
    }
  }

  /** One value as an SSH key; the caller closes it. */
  static SshEd25519Key sshKey(String file, Map<String, byte[]> values, String name) {
    try {
      return SshEd25519Key.parse(value(file, values, name));
    } catch (AgeException e) {
      throw notUsable(file, name + ": " + e.getMessage());
    }
  }

  static byte[] value(String file, Map<String, byte[]> values, String name) {
    byte[] value = values.get(name);
    if (value == null || value.length == 0) {
      throw notUsable(file, "it has no " + name);
    }
    return value;
  }

  static void wipe(Map<String, byte[]> values) {
    values.values().forEach(v -> Arrays.fill(v, (byte) 0));
  }

  private Map<String, byte[]> values(String path, byte[] text, X25519Identity master) {
    try {
      SopsFile file = SopsFile.parse(text);
      try (DataKey key = file.open(master, master.recipient().text())) {
        return file.values(key);
      }
    } catch (SopsException e) {
      throw SopsRefusal.file(e, path);
    }
  }

  private static Refusal notUsable(String file, String why) {
    return new Refusal.Declined(
        Reason.CANNOT_DECRYPT, file + " cannot be used: " + why, "restore it from git");
  }
}
