package nixbroker.softkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import nixbroker.card.NbCard;
import nixbroker.softkey.HelperProcess.Frame;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AConversation {
  private static final long SERIAL = 3_000_000_001L;
  private static final int SLOT = 0x82;
  private static final byte[] PIN = "123456".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WRONG = "654321".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] OBJECT_82 = {0x5f, (byte) 0xc1, 0x0d};

  @TempDir private static Path template;
  private static byte[] point;

  @TempDir private Path folder;
  private Path file;

  @BeforeAll
  static void enrolAKey() throws IOException {
    Path made = template.resolve("key");
    SoftCard.create(made, SERIAL);
    point = enrol(made);
  }

  @BeforeEach
  void makeAKey() throws IOException {
    file = folder.resolve("key");
    SoftCard.create(file, SERIAL);
  }

  @Test
  void announcesThatTheKeyIsSoftware() throws IOException {
    try (HelperProcess helper =
        HelperProcess.start(SoftNbCard.class, "--software-key", file.toString())) {
      assertThat(helper.receive('H').body()).containsExactly(1, 1);
    }
  }

  @Test
  void listsTheKeyWithItsFirstFreeSlot() throws IOException {
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('L');
      Frame key = helper.receive('K');
      assertThat(key.body()).startsWith(0xb2, 0xd0, 0x5e, 0x01, SLOT);
      assertThat(key.text(5)).isEqualTo("software key");
      helper.receive('D');
      assertThat(helper.isAtEnd()).isTrue();
    }
  }

  @Test
  void enrolsWithTheCertificateOfThePlugin() throws Exception {
    byte[] point = enrol();
    X509Certificate certificate = certificate();
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getSubjectX500Principal().getName())
        .isEqualTo("CN=laptop,OU=0.5.0,O=age-plugin-yubikey");
    assertThat(certificate.getExtensionValue("1.3.6.1.4.1.41482.3.8")).containsExactly(4, 2, 2, 2);
    assertThat(SlotKeys.compressed(certificate.getPublicKey())).isEqualTo(point);
  }

  private X509Certificate certificate() throws Exception {
    byte[] object = CardState.load(file).object(OBJECT_82);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Tlv.unwrap(0x70, object)));
  }

  @Test
  void agreesOnTheSameSecretAsSoftwareDoes() throws IOException {
    byte[] point = enrol();
    SlotKey peer = SlotKey.generate(SlotKey.NEVER, SlotKey.NEVER);
    try (HelperProcess helper = ready(point, peer.point65())) {
      helper.send('P', PIN);
      helper.receive('T');
      assertThat(helper.receive('X').body())
          .isEqualTo(peer.agree(CardState.load(file).key(SLOT).point65()));
      assertThat(helper.isAtEnd()).isTrue();
    }
  }

  @Test
  void saysHowManyTriesAWrongPinLeaves() throws IOException {
    byte[] point = enrol();
    try (HelperProcess helper = ready(point)) {
      helper.send('P', WRONG);
      assertThat(helper.receive('F').body()).startsWith(3, 2);
    }
    assertThat(CardState.load(file).tries()).isEqualTo(2);
  }

  @Test
  void neverUsesTheLastTry() throws IOException {
    byte[] point = enrol();
    leaveTries(1);
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('A', HelperProcess.agree(SERIAL, SLOT, point, somePoint()));
      assertThat(helper.receive('F').first()).isEqualTo(4);
    }
    assertThat(CardState.load(file).tries()).isEqualTo(1);
  }

  @Test
  void neverUsesATryThatBecameTheLastWhileThePersonTyped() throws IOException {
    byte[] point = enrol();
    try (HelperProcess helper = ready(point)) {
      leaveTries(1);
      helper.send('P', PIN);
      assertThat(helper.receive('F').first()).isEqualTo(4);
    }
    assertThat(CardState.load(file).tries()).isEqualTo(1);
  }

  @Test
  void saysThatThePinIsBlocked() throws IOException {
    byte[] point = enrol();
    leaveTries(0);
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('A', HelperProcess.agree(SERIAL, SLOT, point, somePoint()));
      assertThat(helper.receive('F').first()).isEqualTo(5);
    }
  }

  @Test
  void asksTheCardNothingForAnEmptyPin() throws IOException {
    byte[] point = enrol();
    try (HelperProcess helper = ready(point)) {
      helper.send('P');
      assertThat(helper.receive('F').first()).isEqualTo(13);
    }
    assertThat(CardState.load(file).tries()).isEqualTo(3);
  }

  @Test
  void knowsAnotherKeyInTheSlot() throws IOException {
    byte[] point = enrol();
    point[5] ^= 1;
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('A', HelperProcess.agree(SERIAL, SLOT, point, somePoint()));
      assertThat(helper.receive('F').first()).isEqualTo(2);
    }
  }

  @Test
  void knowsAKeySwappedWhileThePersonTyped() throws IOException {
    byte[] point = enrol();
    try (HelperProcess helper = ready(point)) {
      CardState state = CardState.load(file);
      state.setKey(SLOT, SlotKey.generate(SlotKey.ONCE, SlotKey.ALWAYS));
      state.store();
      helper.send('P', PIN);
      assertThat(helper.receive('F').first()).isEqualTo(2);
    }
  }

  @Test
  void knowsThatTheCardIsNotThere() throws IOException {
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('A', HelperProcess.agree(7, SLOT, new byte[33], somePoint()));
      assertThat(helper.receive('F').first()).isEqualTo(1);
    }
  }

  @Test
  void tellsAMissedTouchFromAWrongPin() throws IOException {
    byte[] point = enrol();
    Files.writeString(file, Files.readString(file).replace("touch: given", "touch: missed"));
    try (HelperProcess helper = ready(point)) {
      helper.send('P', PIN);
      helper.receive('T');
      assertThat(helper.receive('F').first()).isEqualTo(6);
    }
    assertThat(CardState.load(file).tries()).isEqualTo(3);
  }

  @Test
  void refusesToEnrolInATakenSlot() throws IOException {
    enrol();
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('E', HelperProcess.enrol(SERIAL, SLOT, "second"));
      assertThat(helper.receive('F').first()).isEqualTo(11);
    }
  }

  @Test
  void refusesAPointThatIsNotOnTheCurve() throws IOException {
    byte[] point = enrol();
    byte[] off = somePoint();
    off[64] ^= 1;
    try (HelperProcess helper = ready(point, off)) {
      helper.send('P', PIN);
      helper.receive('T');
      assertThat(helper.receive('F').first()).isEqualTo(10);
    }
  }

  @Test
  void refusesAFrameLongerThanTheLimit() throws IOException {
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('A', new byte[513]);
      assertThat(helper.receive('F').first()).isEqualTo(14);
    }
  }

  @Test
  void refusesAnotherProtocolVersion() throws IOException {
    try (HelperProcess helper =
        HelperProcess.start(SoftNbCard.class, "--software-key", file.toString())) {
      helper.receive('H');
      helper.send('H', (byte) 9);
      assertThat(helper.receive('F').first()).isEqualTo(14);
    }
  }

  @Test
  void endsWhenTheBrokerHangsUp() throws Exception {
    byte[] point = enrol();
    HelperProcess helper = ready(point);
    helper.hangUp();
    assertThat(helper.exitCode()).isEqualTo(1);
  }

  @Test
  void onTheShippedProgramRefusesASoftwareKeyByName() throws IOException {
    try (HelperProcess helper =
        HelperProcess.start(NbCard.class, "--software-key", file.toString())) {
      assertThat(helper.receive('H').body()).containsExactly(1, 0);
      helper.send('H', (byte) 1);
      helper.send('L');
      Frame failed = helper.receive('F');
      assertThat(failed.first()).isEqualTo(15);
      assertThat(failed.text(2)).contains("--software-key");
    }
  }

  /** The card of the template, in which a key is enrolled; its public point. */
  private byte[] enrol() throws IOException {
    Files.copy(template.resolve("key"), file, StandardCopyOption.REPLACE_EXISTING);
    return point.clone();
  }

  private static byte[] enrol(Path file) throws IOException {
    try (HelperProcess helper = HelperProcess.on(file)) {
      helper.send('E', HelperProcess.enrol(SERIAL, SLOT, "laptop"));
      assertThat(helper.receive('R').first()).isEqualTo(3);
      helper.send('P', PIN);
      helper.receive('T');
      return helper.receive('Q').body();
    }
  }

  private HelperProcess ready(byte[] point33) throws IOException {
    return ready(point33, somePoint());
  }

  private HelperProcess ready(byte[] point33, byte[] peer65) throws IOException {
    HelperProcess helper = HelperProcess.on(file);
    helper.send('A', HelperProcess.agree(SERIAL, SLOT, point33, peer65));
    helper.receive('R');
    return helper;
  }

  private static byte[] somePoint() {
    byte[] point = SlotKey.generate(SlotKey.NEVER, SlotKey.NEVER).point65();
    return Arrays.copyOf(point, point.length);
  }

  private void leaveTries(int tries) throws IOException {
    CardState state = CardState.load(file);
    state.setTries(tries);
    state.store();
  }
}
