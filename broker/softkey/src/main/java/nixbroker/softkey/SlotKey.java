package nixbroker.softkey;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * A P-256 key in a slot.
 *
 * @param pkcs8 the private key, in PKCS #8
 * @param point65 the public key, uncompressed
 * @param pinPolicy 1 never, 2 once, 3 always
 * @param touchPolicy 1 never, 2 always, 3 cached (here the same as always)
 */
record SlotKey(byte[] pkcs8, byte[] point65, int pinPolicy, int touchPolicy) {
  static final int P256 = 0x11;
  static final int NEVER = 1;
  static final int ONCE = 2;
  static final int ALWAYS = 3;
  private static final int COORDINATE = 32;

  static SlotKey generate(int pinPolicy, int touchPolicy) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      ECPoint w = ((ECPublicKey) pair.getPublic()).getW();
      byte[] point = Tlv.join(new byte[] {4}, fixed(w.getAffineX()), fixed(w.getAffineY()));
      return new SlotKey(pair.getPrivate().getEncoded(), point, pinPolicy, touchPolicy);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a JDK without P-256", e);
    }
  }

  private static byte[] fixed(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] out = new byte[COORDINATE];
    int length = Math.min(bytes.length, COORDINATE);
    System.arraycopy(bytes, bytes.length - length, out, COORDINATE - length, length);
    return out;
  }

  /** The x-coordinate, 32 bytes. */
  byte[] agree(byte[] peer65) {
    if (peer65.length != 1 + 2 * COORDINATE || peer65[0] != 4) {
      throw StatusWord.WRONG_DATA.exception();
    }
    try {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      ECPoint w =
          new ECPoint(
              new BigInteger(1, Arrays.copyOfRange(peer65, 1, 1 + COORDINATE)),
              new BigInteger(1, Arrays.copyOfRange(peer65, 1 + COORDINATE, peer65.length)));
      KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
      agreement.init(privateKey());
      agreement.doPhase(
          KeyFactory.getInstance("EC")
              .generatePublic(
                  new ECPublicKeySpec(w, curve.getParameterSpec(ECParameterSpec.class))),
          true);
      return agreement.generateSecret();
    } catch (GeneralSecurityException e) {
      // Among others a point that is not on the curve.
      throw StatusWord.WRONG_DATA.exception();
    }
  }

  /** A DER ECDSA signature of the digest. */
  byte[] sign(byte[] digest) {
    try {
      Signature signature = Signature.getInstance("NONEwithECDSA");
      signature.initSign(privateKey());
      signature.update(digest);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw StatusWord.WRONG_DATA.exception();
    }
  }

  private PrivateKey privateKey() throws GeneralSecurityException {
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  @Override
  public String toString() {
    return "SlotKey[P-256]";
  }
}
