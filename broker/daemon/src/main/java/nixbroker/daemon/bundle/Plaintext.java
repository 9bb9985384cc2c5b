package nixbroker.daemon.bundle;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.HostName;
import nixbroker.proto.v1.Bundle;
import nixbroker.proto.v1.PlacedFile;

/** The plaintext of a bundle, cut from a host's install.yaml. */
final class Plaintext {
  private static final int FORMAT = 1;
  private static final String SSH = "/etc/ssh/ssh_host_ed25519_key";
  private static final String INITRD = "/etc/secrets/initrd/ssh_host_ed25519_key";
  private static final int PRIVATE = 0600;
  private static final int PUBLIC = 0644;

  private Plaintext() {}

  /** The serialised Bundle message; the caller wipes it. */
  static byte[] cut(TreeSecrets secrets, HostName host, X25519Identity master) {
    String file = TreeSecrets.installFile(host);
    Map<String, byte[]> values = secrets.installValues(host, master);
    try {
      Bundle.Builder bundle = Bundle.newBuilder().setFormat(FORMAT).setHost(host.text());
      addKey(bundle, file, values, "ssh_host_ed25519_key", SSH, "root@" + host);
      addKey(bundle, file, values, "initrd_ssh_host_ed25519_key", INITRD, "initrd@" + host);
      // wrapped, not copied: wiping the values then wipes what the message refers to
      bundle.setDiskPassphrase(wrap(TreeSecrets.value(file, values, "disk_passphrase")));
      return bundle.build().toByteArray();
    } finally {
      TreeSecrets.wipe(values);
    }
  }

  private static void addKey(
      Bundle.Builder bundle,
      String file,
      Map<String, byte[]> values,
      String name,
      String path,
      String comment) {
    try (SshEd25519Key key = TreeSecrets.sshKey(file, values, name)) {
      byte[] line = (key.publicKeyLine(comment) + "\n").getBytes(StandardCharsets.US_ASCII);
      bundle.addFiles(placed(path, PRIVATE, TreeSecrets.value(file, values, name)));
      bundle.addFiles(placed(path + ".pub", PUBLIC, line));
    }
  }

  /** Owned by root:root, which is uid and gid 0, proto's defaults. */
  private static PlacedFile placed(String path, int mode, byte[] content) {
    return PlacedFile.newBuilder().setPath(path).setMode(mode).setContent(wrap(content)).build();
  }

  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
