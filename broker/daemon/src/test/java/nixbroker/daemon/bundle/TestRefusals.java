package nixbroker.daemon.bundle;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Expected noes. */
final class TestRefusals {
  private TestRefusals() {}

  static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(call)
        .extracting(Refusal::reason)
        .isEqualTo(reason);
  }
}
