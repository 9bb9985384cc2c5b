package nixbroker.daemon.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.softkey.SoftNbCard;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ABadHelper {
  private static final HardwareKey KEY = new HardwareKey("YubiKey", Desk.SERIAL, 0x82, false);

  @TempDir private Path folder;
  private Desk desk;

  @BeforeEach
  void sitDown() throws IOException {
    desk = new Desk(folder);
  }

  private Refusal refusal(Duration timeout) {
    return Assertions.catchThrowableOfType(
        Refusal.class, () -> desk.hardware(timeout).enrol(KEY, Desk.REQUESTER, desk));
  }

  private Refusal refusal() {
    return refusal(Duration.ofSeconds(20));
  }

  @Test
  void thatIsMissingIsNamed() throws IOException {
    Files.delete(desk.file("nb-card"));
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_MISSING);
  }

  @Test
  void thatHangsIsStoppedWithAllItStarted() throws Exception {
    desk.helper("sleep 1000 & echo $! > " + desk.file("pid"), "wait");
    assertThat(refusal(Duration.ofSeconds(1)).reason()).isEqualTo(Reason.HELPER_FAILED);
    long pid = Long.parseLong(Files.readString(desk.file("pid")).strip());
    ProcessHandle.of(pid).ifPresent(left -> left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  @Test
  void thatEndsAtOnceIsAFailure() throws IOException {
    desk.helper("exit 3");
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_FAILED);
  }

  @Test
  void thatTalksNonsenseIsAFailure() throws IOException {
    desk.helper("echo hello, I am a card", "cat > /dev/null");
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_FAILED);
  }

  @Test
  void thatSpeaksAnotherVersionIsAFailure() throws IOException {
    desk.helper("printf 'H\\000\\002\\011\\000'", "cat > /dev/null");
    assertThat(refusal().cause()).contains("another protocol version");
  }

  @Test
  void thatSendsAFrameTooLongIsAFailure() throws IOException {
    desk.helper("printf 'H\\000\\002\\001\\000R\\377\\377'", "cat > /dev/null");
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_FAILED);
  }

  @Test
  void thatSkipsReadyGetsNoPin() throws IOException {
    desk.helper("printf 'H\\000\\002\\001\\000T\\000\\000'", "cat > " + desk.file("got"));
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_FAILED);
    assertThat(desk.events()).isEmpty();
  }

  @Test
  void thatDiesWhileThePersonTypesIsAFailure() throws IOException {
    desk.helper("printf 'H\\000\\002\\001\\000R\\000\\001\\003'", "exec < /dev/null", "exit 0");
    assertThat(refusal().reason()).isEqualTo(Reason.HELPER_FAILED);
  }

  @Test
  void thatIsTheShippedOneRefusesASoftwareKeyByName() throws IOException {
    String script = Files.readString(desk.file("nb-card"));
    Files.writeString(
        desk.file("nb-card"), script.replace(SoftNbCard.class.getName(), "nixbroker.card.NbCard"));
    Refusal refusal = refusal();
    assertThat(refusal.reason()).isEqualTo(Reason.HELPER_FAILED);
    assertThat(refusal.cause()).contains("--software-key");
  }

  @Test
  void isNotDisturbedByASecondCommand() throws Exception {
    CountDownLatch asking = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    Hardware hardware = desk.hardware();
    Thread first =
        Thread.ofVirtual()
            .start(
                () ->
                    hardware.enrol(
                        KEY,
                        Desk.REQUESTER,
                        new Conversation() {
                          @Override
                          public void pinNeeded(HardwareKey key, int tries) {
                            asking.countDown();
                            await(answered);
                          }

                          @Override
                          public void touchNeeded(HardwareKey key) {}
                        }));
    await(asking);
    Refusal refusal = Assertions.catchThrowableOfType(Refusal.class, hardware::list);
    answered.countDown();
    first.join();
    assertThat(refusal.cause()).isEqualTo("another command talks to the hardware key");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
