package nixbroker.softkey;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** The key that may create keys and write objects; a factory card's, and its mutual proof. */
final class ManagementKey {
  static final int AES192 = 0x0a;
  private static final byte[] FACTORY = {
    1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8
  };
  private static final int WITNESS = 0x80;
  private static final int CHALLENGE = 0x81;
  private static final int RESPONSE = 0x82;
  private static final int BLOCK = 16;

  private byte[] witness = {};
  private boolean proved;

  boolean proved() {
    return proved;
  }

  void forget() {
    proved = false;
    witness = new byte[0];
  }

  /** One step of GENERAL AUTHENTICATE: first the card's encrypted witness, then both proofs. */
  byte[] authenticate(Map<Integer, byte[]> template) {
    byte[] shown = template.get(WITNESS);
    if (shown != null && shown.length == 0) {
      witness = new byte[BLOCK];
      new SecureRandom().nextBytes(witness);
      return Tlv.of(WITNESS, encrypt(witness));
    }
    byte[] challenge = template.get(CHALLENGE);
    byte[] expected = witness;
    witness = new byte[0];
    if (shown == null
        || challenge == null
        || challenge.length != BLOCK
        || expected.length == 0
        || !MessageDigest.isEqual(shown, expected)) {
      proved = false;
      throw StatusWord.NOT_SATISFIED.exception();
    }
    proved = true;
    return Tlv.of(RESPONSE, encrypt(challenge));
  }

  private static byte[] encrypt(byte[] block) {
    try {
      Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(Arrays.copyOf(FACTORY, FACTORY.length), "AES"));
      return cipher.doFinal(block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a JDK without AES", e);
    }
  }
}
