package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.CANNOT_DECRYPT;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nixbroker.age.AgeException;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.refusal.Refusal;

/**
 * The keys of one host and its users while they are minted (class B): those in the tree, or new
 * ones. Wiped on close.
 */
final class HostKeys implements AutoCloseable {
  static final String HOST_KEY = "ssh_host_ed25519_key";
  static final String INITRD_KEY = "initrd_ssh_host_ed25519_key";
  static final String DISK = "disk_passphrase";

  private final HostName host;
  private final SshEd25519Key hostKey;
  private final Map<String, byte[]> install = new LinkedHashMap<>();
  private final Map<String, byte[]> secrets = new LinkedHashMap<>();
  private final Map<UserName, X25519Identity> users = new LinkedHashMap<>();

  private HostKeys(HostName host, SshEd25519Key hostKey) {
    this.host = host;
    this.hostKey = hostKey;
  }

  /** Keys for a host that has none. */
  static HostKeys generate(HostName host) {
    var keys = new HostKeys(host, SshEd25519Key.generate());
    keys.install.put(HOST_KEY, keys.hostKey.privateKeyFile("root@" + host));
    try (var initrd = SshEd25519Key.generate()) {
      keys.install.put(INITRD_KEY, initrd.privateKeyFile("root@" + host + "-initrd"));
    }
    keys.install.put(DISK, Passphrase.generate());
    return keys;
  }

  /** The keys that the host's install file holds; the array stays the caller's. */
  static HostKeys of(HostName host, byte[] privateKeyFile, String shown) {
    try {
      return new HostKeys(host, SshEd25519Key.parse(privateKeyFile));
    } catch (AgeException e) {
      throw unusable(shown, HOST_KEY);
    }
  }

  /**
   * Takes over a user's age identity from the host's secrets file; the array stays the caller's.
   */
  void user(UserName user, byte[] identity, String shown) {
    try {
      users.put(user, X25519Identity.parse(identity));
    } catch (AgeException e) {
      throw unusable(shown, ageKeyPath(user));
    }
  }

  /** Makes a user's age and SSH keys. */
  void newUser(UserName user) {
    X25519Identity identity = X25519Identity.generate();
    users.put(user, identity);
    secrets.put(ageKeyPath(user), identity.encodedBytes());
    try (var ssh = SshEd25519Key.generate()) {
      secrets.put(sshKeyPath(user), ssh.privateKeyFile(user + "@" + host));
    }
  }

  String ageKeyPath(UserName user) {
    return "user_age_keys/" + user + "_" + host;
  }

  String sshKeyPath(UserName user) {
    return "user_ssh_keys/" + user + "_" + host;
  }

  /**
   * New values of install.yaml, by path; empty for a host that has its keys. Wiped with this
   * object.
   */
  Map<String, byte[]> install() {
    return install;
  }

  /** New values of secrets.yaml, by path, maps together; wiped with this object. */
  Map<String, byte[]> secrets() {
    Map<String, byte[]> grouped = new LinkedHashMap<>();
    for (String map : List.of("user_age_keys/", "user_ssh_keys/")) {
      secrets.forEach(
          (path, value) -> {
            if (path.startsWith(map)) {
              grouped.put(path, value);
            }
          });
    }
    return grouped;
  }

  String hostRecipient() {
    try {
      return hostKey.recipient().text();
    } catch (AgeException e) {
      throw new IllegalStateException("an Ed25519 key without an X25519 form", e);
    }
  }

  String hostFingerprint() {
    return hostKey.fingerprint();
  }

  /** The host's identity as ssh-to-age derives it; the caller closes it. */
  X25519Identity hostIdentity() {
    return hostKey.identity();
  }

  String recipient(UserName user) {
    return identity(user).recipient().text();
  }

  /** Stays this object's. */
  X25519Identity identity(UserName user) {
    return users.get(user);
  }

  @Override
  public void close() {
    hostKey.close();
    install.values().forEach(value -> Arrays.fill(value, (byte) 0));
    secrets.values().forEach(value -> Arrays.fill(value, (byte) 0));
    users.values().forEach(X25519Identity::close);
  }

  private static Refusal unusable(String shown, String path) {
    return new Refusal.Declined(
        CANNOT_DECRYPT,
        shown + ": " + path + " is not a usable key",
        "restore it: git log -- " + shown);
  }
}
