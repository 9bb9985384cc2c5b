package nixbroker.daemon.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ABadPinentry {
  @TempDir private Path folder;
  private Desk desk;

  @BeforeEach
  void sitDown() throws IOException {
    desk = new Desk(folder);
  }

  private Refusal refusal(Duration timeout) {
    HardwareKey key = new HardwareKey("YubiKey", Desk.SERIAL, 0x82, false);
    return Assertions.catchThrowableOfType(
        Refusal.class, () -> desk.hardware(timeout).enrol(key, Desk.REQUESTER, desk));
  }

  @Test
  void thatIsMissingIsNamed() throws IOException {
    Files.delete(desk.file("pinentry"));
    assertThat(refusal(Duration.ofSeconds(20)).reason()).isEqualTo(Reason.PINENTRY_FAILED);
  }

  @Test
  void thatGetsNoAnswerIsLikeACancel() throws IOException {
    desk.pinentryRuns("sleep 1000");
    assertThat(refusal(Duration.ofSeconds(3)).reason()).isEqualTo(Reason.PIN_CANCELLED);
  }

  @Test
  void thatEndsIsAFailure() throws IOException {
    desk.pinentryRuns("exit 0");
    assertThat(refusal(Duration.ofSeconds(20)).reason()).isEqualTo(Reason.PINENTRY_FAILED);
  }

  @Test
  void thatTalksNonsenseIsAFailure() throws IOException {
    desk.pinentry("HELLO");
    assertThat(refusal(Duration.ofSeconds(20)).reason()).isEqualTo(Reason.PINENTRY_FAILED);
  }

  @Test
  void thatNeverEndsItsLineIsAFailure() throws IOException {
    desk.pinentryRuns("head -c 5000 /dev/zero | tr '\\0' x");
    assertThat(refusal(Duration.ofSeconds(20)).reason()).isEqualTo(Reason.PINENTRY_FAILED);
  }

  @Test
  void thatHasItsOwnErrorIsAFailureThatNamesIt() throws IOException {
    desk.pinentry("ERR 83886340 Invalid IPC response");
    assertThat(refusal(Duration.ofSeconds(20)).cause()).contains("Invalid IPC response");
  }
}
