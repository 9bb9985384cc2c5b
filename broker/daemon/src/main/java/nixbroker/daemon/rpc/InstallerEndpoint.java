package nixbroker.daemon.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.function.Function;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.HostName;
import nixbroker.proto.v1.AcknowledgeRequest;
import nixbroker.proto.v1.AcknowledgeResponse;
import nixbroker.proto.v1.ClaimRequest;
import nixbroker.proto.v1.ClaimResponse;
import nixbroker.proto.v1.FetchRequest;
import nixbroker.proto.v1.FetchResponse;
import nixbroker.proto.v1.InstallerGrpc;
import nixbroker.proto.v1.ReportRequest;
import nixbroker.proto.v1.ReportResponse;

/** What nb-install asks; the connection says for which bundle. */
final class InstallerEndpoint extends InstallerGrpc.InstallerImplBase {
  private final Bundles bundles;

  InstallerEndpoint(Bundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public void claim(ClaimRequest request, StreamObserver<ClaimResponse> answer) {
    HostName host =
        withToken(
            request.getToken(),
            token ->
                bundles.claim(caller(), token, request.getRecipient(), RuleInterceptor.FROM.get()));
    finish(answer, ClaimResponse.newBuilder().setHost(host.text()).build());
  }

  @Override
  public void fetch(FetchRequest request, StreamObserver<FetchResponse> answer) {
    byte[] ciphertext =
        withToken(
            request.getToken(), token -> bundles.fetch(caller(), token, request.getRecipient()));
    finish(
        answer,
        FetchResponse.newBuilder()
            .setCiphertext(UnsafeByteOperations.unsafeWrap(ciphertext))
            .build());
  }

  @Override
  public void acknowledge(AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> answer) {
    byte[] receipt = request.getReceipt().toByteArray();
    withToken(
        request.getToken(),
        token -> {
          bundles.acknowledge(caller(), token, request.getRecipient(), receipt);
          return receipt;
        });
    finish(answer, AcknowledgeResponse.getDefaultInstance());
  }

  @Override
  public void report(ReportRequest request, StreamObserver<ReportResponse> answer) {
    bundles.report(caller(), request.getEventsList().stream().map(FromProto::report).toList());
    finish(answer, ReportResponse.getDefaultInstance());
  }

  private static Caller.Installer caller() {
    return switch (RuleInterceptor.CALLER.get()) {
      case Caller.Installer installer -> installer;
      case Caller.Operator _, Caller.Stranger _ ->
          throw new IllegalStateException("the gate let somebody else in");
    };
  }

  private static <T> T withToken(ByteString token, Function<byte[], T> use) {
    byte[] bytes = token.toByteArray();
    try {
      return use.apply(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static <T> void finish(StreamObserver<T> answer, T last) {
    answer.onNext(last);
    answer.onCompleted();
  }
}
