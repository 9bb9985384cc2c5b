package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import nixbroker.proto.v1.RefusalDetail;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How a call that failed looks to the caller. */
record Answers(Status status, RefusalDetail refusal, String incident) {
  static Answers to(ThrowingCallable call) throws InvalidProtocolBufferException {
    StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, call);
    byte[] refusal = e.getTrailers() == null ? null : e.getTrailers().get(Failures.REFUSAL);
    return new Answers(
        e.getStatus(),
        refusal == null ? RefusalDetail.getDefaultInstance() : RefusalDetail.parseFrom(refusal),
        e.getTrailers() == null ? null : e.getTrailers().get(Failures.INCIDENT));
  }
}
