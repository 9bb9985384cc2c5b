package nixbroker.softkey;

import static org.assertj.core.api.Assertions.assertThat;

import com.yubico.yubikit.core.smartcard.SmartCardConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheApplet {
  private static final String VERIFY = "0020008008313233343536ffff";

  @TempDir private Path folder;
  private Path file;
  private SmartCardConnection card;

  @BeforeEach
  void selectIt() throws IOException {
    file = folder.resolve("key");
    card = SoftCard.create(file, 42).begin();
    assertThat(send("00a4040005a000000308")).endsWith("9000");
  }

  @AfterEach
  void letGo() throws IOException {
    card.close();
  }

  private String send(String apdu) throws IOException {
    return HexFormat.of().formatHex(card.sendAndReceive(HexFormat.of().parseHex(apdu)));
  }

  @Test
  void isKeptInAFileOfItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void tellsVersionAndSerial() throws IOException {
    assertThat(send("00fd0000")).isEqualTo("0507019000");
    assertThat(send("00f80000")).isEqualTo("0000002a9000");
  }

  @Test
  void answersNothingBeforeItIsSelected() throws IOException {
    card.close();
    card = new SoftCard(file).begin();
    assertThat(send("00fd0000")).isEqualTo("6985");
  }

  @Test
  void tellsTheTriesLeftWithoutTakingOne() throws IOException {
    assertThat(send("00200080")).isEqualTo("63c3");
    assertThat(send("00200080")).isEqualTo("63c3");
  }

  @Test
  void countsWrongPinsDownToBlocked() throws IOException {
    String wrong = "0020008008363534333231ffff";
    assertThat(send(wrong)).isEqualTo("63c2");
    assertThat(send(wrong)).isEqualTo("63c1");
    assertThat(send(wrong)).isEqualTo("6983");
    assertThat(send(VERIFY)).isEqualTo("6983");
  }

  @Test
  void countsAcrossPowerLoss() throws IOException {
    send("0020008008363534333231ffff");
    card.close();
    card = new SoftCard(file).begin();
    send("00a4040005a000000308");
    assertThat(send("00200080")).isEqualTo("63c2");
  }

  @Test
  void takesAnEmptyPaddedPinForATry() throws IOException {
    assertThat(send("0020008008ffffffffffffffff")).isEqualTo("63c2");
  }

  @Test
  void forgetsThePinWhenItIsSelectedAgain() throws IOException {
    send(VERIFY);
    assertThat(send("00200080")).isEqualTo("9000");
    send("00a4040005a000000308");
    assertThat(send("00200080")).isEqualTo("63c3");
  }

  @Test
  void changesThePin() throws IOException {
    assertThat(send("0024008010313233343536ffff383736353433ffff")).isEqualTo("9000");
    assertThat(send("0020008008383736353433ffff")).isEqualTo("9000");
  }

  @Test
  void makesNoKeyWithoutTheManagementKey() throws IOException {
    assertThat(send("0047008205ac03800111")).isEqualTo("6982");
  }

  @Test
  void writesNoObjectWithoutTheManagementKey() throws IOException {
    assertThat(send("00db3fff095c035fc10d53020102")).isEqualTo("6982");
  }

  @Test
  void usesNoKeyWithoutThePin() throws IOException {
    byte[] point = SlotKey.generate(SlotKey.NEVER, SlotKey.NEVER).point65();
    CardState state = CardState.load(file);
    state.setKey(0x82, SlotKey.generate(SlotKey.ONCE, SlotKey.ALWAYS));
    state.store();
    card.close();
    card = new SoftCard(file).begin();
    send("00a4040005a000000308");
    String agree = "00871182477c4582008541" + HexFormat.of().formatHex(point);
    assertThat(send(agree)).isEqualTo("6982");
    send(VERIFY);
    assertThat(send(agree)).startsWith("7c228220").endsWith("9000").hasSize(2 * (36 + 2));
  }

  @Test
  void takesACommandInPiecesAndGivesTheAnswerInPieces() throws IOException {
    byte[] content = new byte[400];
    Arrays.fill(content, (byte) 7);
    CardState state = CardState.load(file);
    state.setObject(new byte[] {0x5f, (byte) 0xc1, 0x0d}, content);
    state.store();
    card.close();
    card = new SoftCard(file).begin();
    send("00a4040005a000000308");
    assertThat(send("10cb3fff025c03")).isEqualTo("9000");
    assertThat(send("00cb3fff035fc10d00")).startsWith("53820190").endsWith("6194");
    assertThat(send("00c0000000")).endsWith("079000").hasSize(2 * (148 + 2));
  }

  @Test
  void refusesLengthsThatDoNotFit() throws IOException {
    assertThat(send("00cb3fff105c03")).isEqualTo("6700");
    assertThat(send("00cb3fff035c055f")).isEqualTo("6a80");
  }
}
