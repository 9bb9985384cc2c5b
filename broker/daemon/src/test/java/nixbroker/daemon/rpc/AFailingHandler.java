package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Iterator;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.MintEvent;
import nixbroker.proto.v1.MintRequest;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.Progress;
import nixbroker.proto.v1.RefusalReason;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.StatusResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AFailingHandler {
  @TempDir Path folder;

  private Answers answersWith(Throwable failure) throws Exception {
    try (Gated gated = new Gated(folder, new Failing(failure))) {
      return Answers.to(() -> status(gated));
    }
  }

  private static StatusResponse status(Gated gated) {
    return OperatorGrpc.newBlockingStub(gated.channel).status(StatusRequest.getDefaultInstance());
  }

  @Nested
  class WithARefusal {
    @Test
    void sendsReasonCauseAndRemedy() throws Exception {
      var refusal = new Refusal.Declined(Reason.CARD_ABSENT, "no card", "insert it");
      assertThat(answersWith(refusal).refusal())
          .satisfies(
              detail -> {
                assertThat(detail.getReason()).isEqualTo(RefusalReason.CARD_ABSENT);
                assertThat(detail.getCause()).isEqualTo("no card");
                assertThat(detail.getRemedy()).isEqualTo("insert it");
              });
    }

    @Test
    void sendsACauseThatIsNotAscii() throws Exception {
      String cause = "Datei „Schlüssel“ fehlt: 鍵 🔑";
      Answers answer = answersWith(new Refusal.Declined(Reason.NOT_SOPS, cause, ""));
      assertThat(answer.refusal().getCause()).isEqualTo(cause);
      assertThat(answer.status().getDescription()).isEqualTo(cause);
    }

    @Test
    void isFailedPreconditionWhenDeclined() throws Exception {
      assertThat(codeOf(new Refusal.Declined(Reason.NOT_SOPS, "x", "")))
          .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void isFailedPreconditionWhenSealed() throws Exception {
      assertThat(codeOf(new Refusal.Sealed("idle"))).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void isInvalidArgumentWhenMalformed() throws Exception {
      assertThat(codeOf(new Refusal.Usage(Reason.NAME_INVALID, "x", "")))
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void isAbortedWhenInConflict() throws Exception {
      assertThat(codeOf(new Refusal.Conflict(Reason.FILE_CHANGED, "x", "")))
          .isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void isPermissionDeniedWhenTheCallerMayNot() throws Exception {
      assertThat(codeOf(new Refusal.Declined(Reason.CALLER_DENIED, "x", "")))
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void leavesNoIncident() throws Exception {
      assertThat(answersWith(new Refusal.Sealed("idle")).incident()).isNull();
    }

    @Test
    void stillSendsItAfterTheFirstAnswerOfAStream() throws Exception {
      try (Gated gated = new Gated(folder, new FailingMidway())) {
        Iterator<MintEvent> events =
            OperatorGrpc.newBlockingStub(gated.channel).mint(MintRequest.getDefaultInstance());
        events.next();
        assertThat(Answers.to(events::next).refusal().getReason())
            .isEqualTo(RefusalReason.FILE_CHANGED);
      }
    }

    private Status.Code codeOf(Refusal refusal) throws Exception {
      return answersWith(refusal).status().getCode();
    }
  }

  @Nested
  class WithADefect {
    @Test
    void isInternalWithAnIncidentOfEightHexDigits() throws Exception {
      Answers answer = answersWith(new IllegalStateException("boom"));
      assertThat(answer.status().getCode()).isEqualTo(Status.Code.INTERNAL);
      assertThat(answer.incident()).matches("[0-9a-f]{8}");
    }

    @Test
    void isAnIncidentAlsoWhenItIsAnError() throws Exception {
      assertThat(answersWith(new StackOverflowError()).incident()).matches("[0-9a-f]{8}");
    }

    @Test
    void tellsTheCallerNothingElse() throws Exception {
      Answers answer = answersWith(new IllegalStateException("AGE-SECRET-KEY-1XYZ"));
      assertThat(answer.status().getDescription()).isEqualTo("incident " + answer.incident());
    }

    @Test
    void logsTheIncidentWithClassesAndFrames() throws Exception {
      try (Gated gated = new Gated(folder, new Failing(new IllegalStateException("boom")))) {
        Answers answer = Answers.to(() -> status(gated));
        assertThat(gated.log())
            .contains("incident " + answer.incident() + " in nixbroker.v1.Operator/Status")
            .contains("java.lang.IllegalStateException")
            .contains("    at nixbroker.daemon.rpc.AFailingHandler");
      }
    }

    @Test
    void logsNoMessageBecauseItMayQuoteASecret() throws Exception {
      var inner = new IllegalArgumentException("AGE-SECRET-KEY-1XYZ");
      try (Gated gated = new Gated(folder, new Failing(new IllegalStateException(inner)))) {
        Answers.to(() -> status(gated));
        assertThat(gated.log()).contains("caused by").doesNotContain("AGE-SECRET-KEY");
      }
    }

    @Test
    void leavesTheConnectionFitForTheNextCall() throws Exception {
      try (Gated gated = new Gated(folder, new Failing(new IllegalStateException()))) {
        Answers first = Answers.to(() -> status(gated));
        Answers second = Answers.to(() -> status(gated));
        assertThat(second.incident()).isNotNull().isNotEqualTo(first.incident());
      }
    }
  }

  /** Fails where generated code calls it: in the listener's onHalfClose. */
  private static final class Failing extends OperatorGrpc.OperatorImplBase {
    private final Throwable failure;

    Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    }
  }

  private static final class FailingMidway extends OperatorGrpc.OperatorImplBase {
    @Override
    public void mint(MintRequest request, StreamObserver<MintEvent> answer) {
      answer.onNext(MintEvent.newBuilder().setProgress(Progress.getDefaultInstance()).build());
      throw new Refusal.Conflict(Reason.FILE_CHANGED, "x", "");
    }
  }
}
