package nixbroker.daemon.policy;

import nixbroker.daemon.refusal.Refusal;

/** What a caller may do. */
public sealed interface Decision {
  record Allow() implements Decision {}

  /** Only with a touch of the hardware key during the call. */
  record AllowWithTouch() implements Decision {}

  record Deny(Refusal refusal) implements Decision {}
}
