package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-512 over the plaintext of every leaf in document order, nothing in between. */
final class Mac {
  /** What sops hashes first where only encrypted values count: SHA-256 of "sops". */
  private static final byte[] ONLY_ENCRYPTED =
      HexFormat.of().parseHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");

  private final MessageDigest digest;
  private final boolean onlyEncrypted;

  Mac(boolean onlyEncrypted) {
    this.onlyEncrypted = onlyEncrypted;
    try {
      this.digest = MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-512", e);
    }
    if (onlyEncrypted) {
      digest.update(ONLY_ENCRYPTED);
    }
  }

  void encrypted(byte[] plaintext) {
    digest.update(plaintext);
  }

  void clear(String text) {
    if (!onlyEncrypted) {
      digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** 128 upper-case hexadecimal digits, ASCII. */
  byte[] text() {
    return HexFormat.of()
        .withUpperCase()
        .formatHex(digest.digest())
        .getBytes(StandardCharsets.UTF_8);
  }
}
