package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import nixbroker.daemon.refusal.Refusal;

/** What a file is known by: its SHA-256 in hex, and the id git gives it. */
final class Hashes {
  /** Stands for a file that is not there. */
  static final String ABSENT = "";

  private static final String IRREGULAR = "irregular";

  private Hashes() {}

  static String of(byte[] content) {
    return hex(digest("SHA-256").digest(content));
  }

  static String of(Optional<Folder.Content> content) {
    return content.map(found -> of(found.bytes())).orElse(ABSENT);
  }

  /** Never refuses: what is no regular file has a hash that no file has. */
  static String of(Folder folder, String name) throws IOException {
    try {
      return of(folder.read(name));
    } catch (Refusal.Declined e) {
      return IRREGULAR;
    }
  }

  /** algorithm: sha1 or sha256, the object format of the repository. */
  static String blob(String algorithm, byte[] content) {
    MessageDigest digest = digest(algorithm.equals("sha256") ? "SHA-256" : "SHA-1");
    digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
    return hex(digest.digest(content));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest digest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has " + name, e);
    }
  }
}
