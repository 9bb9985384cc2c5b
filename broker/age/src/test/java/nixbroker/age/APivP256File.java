package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.KeyAgreement;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The slot is played by the JDK's ECDH with the scalars of the vectors. */
class APivP256File {
  private static final byte[] PLAINTEXT = "hello, hardware key\n".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> A = key("piv-A");
  private static final Map<String, String> B = key("piv-B");

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void opensWithTheKeyInTheSlot() throws Exception {
    assertThat(decrypt("piv-p256-one.age", A)).isEqualTo(PLAINTEXT);
  }

  @TestFactory
  Stream<DynamicTest> opensWithEachOfItsKeys() {
    return Stream.of(A, B)
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key.get("name"),
                    () ->
                        assertThat(decrypt("piv-p256-two-and-x25519.age", key))
                            .isEqualTo(PLAINTEXT)));
  }

  @Test
  void opensWithTheX25519KeyBesideThem() throws Exception {
    byte[] text = key("x25519").get("identity").getBytes(StandardCharsets.US_ASCII);
    try (var identity = X25519Identity.parse(text)) {
      assertThat(AgeFile.decrypt(file("piv-p256-two-and-x25519.age"), identity))
          .isEqualTo(PLAINTEXT);
    }
  }

  @Test
  void doesNotAskTheSlotWhenAKeyHeldHereOpensIt() throws Exception {
    byte[] text = key("x25519").get("identity").getBytes(StandardCharsets.US_ASCII);
    try (var held = X25519Identity.parse(text)) {
      AgeFile.decrypt(file("piv-p256-two-and-x25519.age"), List.of(identity(A), held));
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void ofOursOpensWithTheKeyInTheSlot() throws Exception {
    byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(recipient(B), recipient(A)));

    assertThat(AgeFile.decrypt(file, identity(A))).isEqualTo(PLAINTEXT);
    assertThat(AgeFile.decrypt(file, identity(B))).isEqualTo(PLAINTEXT);
  }

  @Test
  void forAnotherKeyDoesNotTouchTheSlot() throws Exception {
    assertThatThrownBy(() -> decrypt("piv-p256-one.age", B))
        .isInstanceOf(AgeException.NoMatch.class);
    assertThat(asked).hasValue(0);
  }

  @TestFactory
  Stream<DynamicTest> isRefusedWhenItIsMalformed() {
    return Stream.of(
            "piv-p256-bad-epk-length.age",
            "piv-p256-uncompressed-epk.age",
            "piv-p256-tag-match-bad-body.age")
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () ->
                        assertThatThrownBy(() -> decrypt(name, A))
                            .isInstanceOf(AgeException.Header.class)));
  }

  @Test
  void withAnotherTagIsForSomebodyElse() {
    assertThatThrownBy(() -> decrypt("piv-p256-tag-mismatch.age", A))
        .isInstanceOf(AgeException.NoMatch.class);
  }

  @Test
  void hasARecipientThatThePluginWrites() throws Exception {
    assertThat(recipient(A).text()).isEqualTo(A.get("recipient_age1yubikey"));
    assertThat(recipient(A).tag()).isEqualTo(Vectors.hex(A.get("tag_hex")));
    assertThat(Recipient.parse(A.get("recipient_age1yubikey"))).isEqualTo(recipient(A));
  }

  @Test
  void hasAnIdentityThatThePluginWrites() throws Exception {
    PivP256Stub stub = PivP256Stub.of(42, 0x82, recipient(A));
    assertThat(stub.text()).isEqualTo(A.get("identity"));
    assertThat(PivP256Stub.parse(B.get("identity")))
        .isEqualTo(PivP256Stub.of(19283746, 0x95, recipient(B)));
    assertThat(stub.isFor(recipient(B))).isFalse();
  }

  @Test
  void isNotMadeForAPointThatIsNotOnTheCurve() {
    byte[] point = new byte[33];
    point[0] = 2;
    point[32] = 1;
    assertThatThrownBy(() -> PivP256Recipient.ofPoint(point)).isInstanceOf(AgeException.Key.class);
    assertThatThrownBy(() -> PivP256Recipient.ofPoint(Vectors.hex(A.get("uncompressed_hex"))))
        .isInstanceOf(AgeException.Key.class);
  }

  private byte[] decrypt(String name, Map<String, String> key) throws IOException, AgeException {
    return AgeFile.decrypt(file(name), identity(key));
  }

  private static byte[] file(String name) throws IOException {
    return Vectors.bytes("hardware/" + name);
  }

  private PivP256Identity identity(Map<String, String> key) throws AgeException {
    return new PivP256Identity(recipient(key), point -> agree(key, point));
  }

  private static PivP256Recipient recipient(Map<String, String> key) throws AgeException {
    return PivP256Recipient.ofPoint(Vectors.hex(key.get("compressed_hex")));
  }

  private static Map<String, String> key(String name) {
    try {
      return Vectors.objects("hardware/vectors.json").stream()
          .filter(object -> name.equals(object.get("name")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private SecretPage agree(Map<String, String> key, byte[] point) {
    asked.incrementAndGet();
    try {
      var parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
      var keys = KeyFactory.getInstance("EC");
      var agreement = KeyAgreement.getInstance("ECDH");
      BigInteger scalar = new BigInteger(key.get("p256_private_scalar_hex"), 16);
      agreement.init(keys.generatePrivate(new ECPrivateKeySpec(scalar, curve)));
      ECPoint peer =
          new ECPoint(
              new BigInteger(1, Arrays.copyOfRange(point, 1, 33)),
              new BigInteger(1, Arrays.copyOfRange(point, 33, 65)));
      agreement.doPhase(keys.generatePublic(new ECPublicKeySpec(peer, curve)), true);
      SecretPage shared = SecretPage.allocate(32);
      shared.segment().copyFrom(MemorySegment.ofArray(agreement.generateSecret()));
      return shared;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
