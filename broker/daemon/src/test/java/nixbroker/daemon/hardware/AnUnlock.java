package nixbroker.daemon.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnUnlock {
  @TempDir private static Path template;
  private static Hardware.Enrolled enrolled;

  @TempDir private Path folder;
  private Desk desk;
  private X25519Identity master;
  private byte[] masterAge;

  @BeforeAll
  static void enrolAKey() throws Exception {
    enrolled = new Desk(template).enrol();
  }

  @BeforeEach
  void wrapAMasterKey() throws Exception {
    desk = new Desk(folder);
    Files.copy(
        template.resolve(desk.keyFile().getFileName()),
        desk.keyFile(),
        StandardCopyOption.REPLACE_EXISTING);
    master = X25519Identity.generate();
    masterAge = Desk.masterAge(master, enrolled);
  }

  @AfterEach
  void forget() {
    master.close();
  }

  private Refusal refusal() {
    return Assertions.catchThrowableOfType(
        Refusal.class,
        () ->
            desk.hardware()
                .open(masterAge, List.of(enrolled), Desk.REQUESTER, desk)
                .master()
                .close());
  }

  private void edit(String from, String to) throws Exception {
    Files.writeString(desk.keyFile(), Files.readString(desk.keyFile()).replaceFirst(from, to));
  }

  @Test
  void yieldsTheMasterKey() {
    Hardware.Opened opened =
        desk.hardware().open(masterAge, List.of(enrolled), Desk.REQUESTER, desk);
    try (X25519Identity found = opened.master()) {
      assertThat(found.recipient()).isEqualTo(master.recipient());
    }
    assertThat(opened.key().software()).isTrue();
  }

  @Test
  void saysWhenToGiveThePinAndWhenToTouch() {
    assertThat(refusal()).isNull();
    assertThat(desk.events())
        .containsExactly("pin software key 15432198 3", "touch software key 15432198");
  }

  @Test
  void tellsPinentryWhoAsksFromWhere() throws Exception {
    refusal();
    assertThat(desk.asked())
        .contains("OPTION ttyname=/dev/pts/2", "OPTION ttytype=xterm", "OPTION display=:0")
        .contains("OPTION lc-ctype=C.UTF-8")
        .contains(
            "SETDESC PIN for software key 15432198 (3 tries left),%0Aasked by "
                + System.getProperty("user.name")
                + " on pts/2%0ANOT A REAL KEY")
        .endsWith("GETPIN");
  }

  @Test
  void givesTheHelperNoEnvironment() throws Exception {
    String script = Files.readString(desk.file("nb-card"));
    Files.writeString(
        desk.file("nb-card"),
        script.replace("exec", "cat /proc/$$/environ > " + desk.file("env") + "; exec"));
    refusal();
    assertThat(desk.file("env")).isEmptyFile();
  }

  @Test
  void countsAWrongPin() throws Exception {
    desk.pinentry("D 654321", "OK");
    Refusal refusal = refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.PIN_WRONG);
    assertThat(refusal.cause())
        .isEqualTo("the PIN of software key 15432198 is wrong; 2 tries are left");
  }

  @Test
  void neverUsesTheLastTry() throws Exception {
    edit("pin-tries: 3", "pin-tries: 1");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_LAST_TRY);
    assertThat(Files.readString(desk.keyFile())).contains("pin-tries: 1");
    assertThat(desk.events()).isEmpty();
  }

  @Test
  void namesABlockedPin() throws Exception {
    edit("pin-tries: 3", "pin-tries: 0");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_BLOCKED);
  }

  @Test
  void leavesTheCardAloneWhenThePersonCancels() throws Exception {
    desk.pinentry("ERR 83886179 Operation cancelled <Pinentry>");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_CANCELLED);
    assertThat(Files.readString(desk.keyFile())).contains("pin-tries: 3");
  }

  @Test
  void takesNoPinForACancel() throws Exception {
    desk.pinentry("OK");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_CANCELLED);
  }

  @Test
  void undoesTheEscapesOfThePin() throws Exception {
    desk.pinentry("S BUTTON_INFO x", "# hello", "D 12%334", "D 5%36", "OK");
    assertThat(refusal()).isNull();
  }

  @Test
  void refusesAPinTooLongForTheCard() throws Exception {
    desk.pinentry("D 123456789", "OK");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_WRONG);
    assertThat(Files.readString(desk.keyFile())).contains("pin-tries: 3");
  }

  @Test
  void refusesAPinTooShortForTheCard() throws Exception {
    desk.pinentry("D 12345", "OK");
    assertThat(refusal().reason()).isEqualTo(Reason.PIN_WRONG);
    assertThat(Files.readString(desk.keyFile())).contains("pin-tries: 3");
  }

  @Test
  void namesAMissedTouch() throws Exception {
    edit("touch: given", "touch: missed");
    assertThat(refusal().reason()).isEqualTo(Reason.TOUCH_MISSED);
  }

  @Test
  void knowsAnotherKeyInTheSlot() throws Exception {
    edit("key-82: .*\n", "");
    assertThat(refusal().reason()).isEqualTo(Reason.CARD_WRONG);
  }

  @Test
  void knowsThatTheKeyIsNotThere() throws Exception {
    edit("serial: 15432198", "serial: 7");
    assertThat(refusal().reason()).isEqualTo(Reason.CARD_ABSENT);
  }

  @Test
  void choosesOfSeveralKeysTheOneThatIsThere() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Hardware.Enrolled absent = new Desk(other).enrol();
    absent =
        new Hardware.Enrolled(
            new HardwareKey("YubiKey", 7, 0x82, false), absent.recipient(), absent.identity());
    byte[] wrapped = Desk.masterAge(master, absent, enrolled);
    Hardware.Opened opened =
        desk.hardware().open(wrapped, List.of(absent, enrolled), Desk.REQUESTER, desk);
    opened.master().close();
    assertThat(opened.key().serial()).isEqualTo(Desk.SERIAL);
  }

  @Test
  void namesAMasterFileThatIsNone() {
    masterAge = new byte[] {1, 2, 3};
    assertThat(refusal().reason()).isEqualTo(Reason.MASTER_FILE_DAMAGED);
  }

  @Test
  void namesAMasterFileThatWasTamperedWith() {
    masterAge[masterAge.length - 1] ^= 1;
    assertThat(refusal().reason()).isEqualTo(Reason.MASTER_FILE_DAMAGED);
  }

  @Test
  void asksForNoPinWhenTheFileIsForOthers() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    masterAge = Desk.masterAge(master, new Desk(other).enrol());
    assertThat(refusal().reason()).isEqualTo(Reason.MASTER_FILE_DAMAGED);
    assertThat(desk.events()).isEmpty();
  }
}
