package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.ClaimRequest;
import nixbroker.proto.v1.InstallerGrpc;
import nixbroker.proto.v1.MintRequest;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.RefusalReason;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.StatusResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ACall {
  @TempDir Path folder;

  @Test
  void ofTheOwnUidReachesItsHandler() throws Exception {
    try (Gated gated = new Gated(folder, new Answering())) {
      assertThat(status(gated).getVersion()).isEqualTo("operator " + ownName());
    }
  }

  @Test
  void ofAnotherUidIsDenied() throws Exception {
    try (Gated gated = new Gated(folder, new Answering(), anotherUser(), Optional.empty())) {
      Answers answer = Answers.to(() -> status(gated));
      assertThat(answer.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(answer.refusal().getReason()).isEqualTo(RefusalReason.CALLER_DENIED);
    }
  }

  @Test
  void ofAnotherUidIsRecordedOnceAMinute() throws Exception {
    try (Gated gated = new Gated(folder, new Answering(), anotherUser(), Optional.empty())) {
      for (int i = 0; i < 3; i++) {
        Answers.to(() -> status(gated));
      }
      assertThat(gated.recorded())
          .containsExactly(
              new Event.Refused(
                  "stranger " + ownName(), "nixbroker.v1.Operator/Status", "CALLER_DENIED"));
    }
  }

  @Test
  void onTheSocketIsNoInstallers() throws Exception {
    try (Gated gated = new Gated(folder, new InstallerGrpc.InstallerImplBase() {})) {
      Answers answer =
          Answers.to(
              () ->
                  InstallerGrpc.newBlockingStub(gated.channel)
                      .claim(ClaimRequest.getDefaultInstance()));
      assertThat(answer.refusal().getReason()).isEqualTo(RefusalReason.CALLER_DENIED);
    }
  }

  @Test
  void thatNeedsTheMasterKeyIsAnsweredSealed() throws Exception {
    try (Gated gated =
        new Gated(
            folder, new Answering(), Callers.ownUser(), Optional.of(new Refusal.Sealed("idle")))) {
      Answers answer =
          Answers.to(
              () ->
                  OperatorGrpc.newBlockingStub(gated.channel)
                      .mint(MintRequest.getDefaultInstance())
                      .next());
      assertThat(answer.refusal().getReason()).isEqualTo(RefusalReason.SEALED);
      assertThat(answer.refusal().getRemedy()).isEqualTo("nbctl unlock");
    }
  }

  @Test
  void thatWorksSealedWorksSealed() throws Exception {
    try (Gated gated =
        new Gated(
            folder, new Answering(), Callers.ownUser(), Optional.of(new Refusal.Sealed("idle")))) {
      assertThat(status(gated).getVersion()).startsWith("operator");
    }
  }

  @Test
  void withBytesThatAreNoRequestIsRefused() throws Exception {
    try (Gated gated = new Gated(folder, new Answering())) {
      Answers answer = Answers.to(() -> send(gated, ByteString.copyFrom(new byte[] {0x0f, 1, 2})));
      assertThat(answer.refusal().getReason()).isEqualTo(RefusalReason.REQUEST_INVALID);
    }
  }

  @Test
  void thatIsTooLongIsRefused() throws Exception {
    try (Gated gated = new Gated(folder, new Answering())) {
      Answers answer = Answers.to(() -> send(gated, ByteString.copyFrom(new byte[3 << 20])));
      assertThat(answer.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void ofNoKnownMethodIsUnimplemented() throws Exception {
    try (Gated gated = new Gated(folder, new Answering())) {
      Answers answer =
          Answers.to(
              () ->
                  InstallerGrpc.newBlockingStub(gated.channel)
                      .claim(ClaimRequest.getDefaultInstance()));
      assertThat(answer.status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  private static StatusResponse status(Gated gated) {
    return OperatorGrpc.newBlockingStub(gated.channel).status(StatusRequest.getDefaultInstance());
  }

  /** Raw bytes under the name of Operator/Status. */
  private static void send(Gated gated, ByteString raw) {
    MethodDescriptor<ByteString, StatusResponse> method =
        MethodDescriptor.<ByteString, StatusResponse>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("nixbroker.v1.Operator/Status")
            .setRequestMarshaller(new RawMarshaller())
            .setResponseMarshaller(ProtoUtils.marshaller(StatusResponse.getDefaultInstance()))
            .build();
    ClientCalls.blockingUnaryCall(gated.channel, method, CallOptions.DEFAULT, raw);
  }

  private static String ownName() throws Exception {
    return Callers.ownUser().getName().matches("\\d+")
        ? System.getProperty("user.name")
        : Callers.ownUser().getName();
  }

  /** Stands in for a broker that runs as somebody else: then the caller is the other uid. */
  private static UserPrincipal anotherUser() throws Exception {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("64321");
  }

  private static final class Answering extends OperatorGrpc.OperatorImplBase {
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
      answer.onNext(
          StatusResponse.newBuilder().setVersion(RuleInterceptor.CALLER.get().shown()).build());
      answer.onCompleted();
    }
  }
}
