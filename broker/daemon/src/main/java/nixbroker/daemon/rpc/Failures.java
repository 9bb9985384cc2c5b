package nixbroker.daemon.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import nixbroker.daemon.refusal.Incident;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.RefusalDetail;
import nixbroker.proto.v1.RefusalReason;

/** How a failure leaves the broker: a refusal with its reason, anything else as an incident id. */
final class Failures {
  static final Metadata.Key<byte[]> REFUSAL =
      Metadata.Key.of("nixbroker-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER);
  static final Metadata.Key<String> INCIDENT =
      Metadata.Key.of("nixbroker-incident", Metadata.ASCII_STRING_MARSHALLER);

  private final PrintStream log;

  Failures(PrintStream log) {
    this.log = log;
  }

  /** How a call ends. */
  record End(Status status, Metadata trailers) {
    StatusRuntimeException asException() {
      return status.asRuntimeException(trailers);
    }
  }

  /** Logs an incident; a refusal and a caller who left are nobody's defect. */
  End end(String method, Throwable failure) {
    if (failure instanceof Refusal refusal) {
      return refused(refusal);
    }
    if (Status.fromThrowable(failure).getCode() == Status.Code.CANCELLED) {
      return new End(Status.CANCELLED, new Metadata());
    }
    if (failure instanceof StatusRuntimeException malformed
        && malformed.getCause() instanceof InvalidProtocolBufferException) {
      return refused(
          new Refusal.Usage(
              Reason.REQUEST_INVALID,
              "the request is not what the contract says",
              "use nbctl and nbrokerd of the same version"));
    }
    return incident(method, failure);
  }

  private static End refused(Refusal refusal) {
    Metadata trailers = new Metadata();
    trailers.put(
        REFUSAL,
        RefusalDetail.newBuilder()
            .setReason(RefusalReason.valueOf(refusal.reason().name()))
            .setCause(refusal.cause())
            .setRemedy(refusal.remedy())
            .build()
            .toByteArray());
    return new End(status(refusal).withDescription(refusal.cause()), trailers);
  }

  private static Status status(Refusal refusal) {
    return switch (refusal) {
      case Refusal.Usage _ -> Status.INVALID_ARGUMENT;
      case Refusal.Sealed _ -> Status.FAILED_PRECONDITION;
      case Refusal.Conflict _ -> Status.ABORTED;
      case Refusal.Declined _ when refusal.reason() == Reason.CALLER_DENIED ->
          Status.PERMISSION_DENIED;
      case Refusal.Declined _ -> Status.FAILED_PRECONDITION;
    };
  }

  private End incident(String method, Throwable failure) {
    Incident incident = Incident.of(method, failure);
    log.print("nbrokerd: " + incident.report());
    Metadata trailers = new Metadata();
    trailers.put(INCIDENT, incident.id());
    return new End(Status.INTERNAL.withDescription("incident " + incident.id()), trailers);
  }
}
