package nixbroker.card;

import com.yubico.yubikit.core.keys.PublicKeyValues;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/**
 * The self-signed certificate by which age-plugin-yubikey knows a key of its own and the policies
 * of that key.
 */
final class SlotCertificate {
  /** The plugin's version in the subject, whose layout this is. */
  private static final String PLUGIN_VERSION = "0.5.0";

  private static final ASN1ObjectIdentifier POLICIES =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.41482.3.8");
  private static final byte PIN_ONCE = 2;
  private static final byte TOUCH_ALWAYS = 2;
  private static final int SERIAL_BITS = 159;

  private SlotCertificate() {}

  /** sign makes a DER ECDSA signature of a SHA-256 digest with the slot's key. */
  static X509Certificate make(
      PublicKeyValues.Ec key, String name, Instant now, UnaryOperator<byte[]> sign) {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, "age-plugin-yubikey")
            .addRDN(BCStyle.OU, PLUGIN_VERSION)
            .addRDN(BCStyle.CN, name)
            .build();
    BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
    try {
      byte[] der =
          new X509v3CertificateBuilder(
                  subject,
                  serial,
                  Date.from(now),
                  Date.from(Instant.parse("9999-12-31T23:59:59Z")),
                  subject,
                  SubjectPublicKeyInfo.getInstance(key.getEncoded()))
              // The two bytes stand bare in the extension, as the plugin and the card's own
              // attestations have them.
              .addExtension(POLICIES, false, new byte[] {PIN_ONCE, TOUCH_ALWAYS})
              .build(new Signer(sign))
              .getEncoded();
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (IOException | CertificateException e) {
      throw new IllegalStateException("a certificate that cannot be encoded", e);
    }
  }

  /** Hands the digest of what is to be signed to the card. */
  private record Signer(UnaryOperator<byte[]> sign, ByteArrayOutputStream content)
      implements ContentSigner {
    Signer(UnaryOperator<byte[]> sign) {
      this(sign, new ByteArrayOutputStream());
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    }

    @Override
    public OutputStream getOutputStream() {
      return content;
    }

    @Override
    public byte[] getSignature() {
      try {
        return sign.apply(MessageDigest.getInstance("SHA-256").digest(content.toByteArray()));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("a JDK without SHA-256", e);
      }
    }
  }
}
