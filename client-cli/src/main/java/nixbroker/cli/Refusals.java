package nixbroker.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import nixbroker.proto.v1.RefusalDetail;

/** The one place that turns the broker's "no", and its silence, into a {@link Failure}. */
final class Refusals {
  static final String START =
      "start it with `systemctl --user start nbrokerd`, or run `nbrokerd` in another terminal";

  private static final Metadata.Key<byte[]> REFUSAL =
      Metadata.Key.of("nixbroker-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final Metadata.Key<String> INCIDENT =
      Metadata.Key.of("nixbroker-incident", Metadata.ASCII_STRING_MARSHALLER);

  private Refusals() {}

  static Failure of(StatusRuntimeException error) {
    Metadata trailers = error.getTrailers();
    if (trailers != null && trailers.containsKey(REFUSAL)) {
      return refused(trailers.get(REFUSAL));
    }
    if (trailers != null && trailers.containsKey(INCIDENT)) {
      return Failure.incident(trailers.get(INCIDENT));
    }
    return silent(error.getStatus());
  }

  private static Failure refused(byte[] trailer) {
    RefusalDetail detail;
    try {
      detail = RefusalDetail.parseFrom(trailer);
    } catch (InvalidProtocolBufferException e) {
      return otherVersion("answered with a refusal that cannot be read");
    }
    int number = detail.getReasonValue();
    // A reason newer than this nbctl still has the exit code of its group.
    String reason =
        detail.getReason() == nixbroker.proto.v1.RefusalReason.UNRECOGNIZED
            ? "REASON_" + number
            : detail.getReason().name();
    return Failure.of(exit(number), reason, detail.getCause(), detail.getRemedy());
  }

  /** The numbers of rules.proto are grouped by exit code. */
  private static Exit exit(int reason) {
    if (reason < 20) {
      return Exit.USAGE;
    }
    if (reason < 30) {
      return Exit.SEALED;
    }
    return reason < 40 ? Exit.CONFLICT : Exit.REFUSED;
  }

  private static Failure silent(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          noBroker("the broker went away during the call", START + "; then run the same command");
      case DEADLINE_EXCEEDED ->
          noBroker(
              "the broker did not answer within " + Broker.DEADLINE_SECONDS + " s",
              "see `systemctl --user status nbrokerd`");
      case UNIMPLEMENTED -> otherVersion("does not know this request");
      case PERMISSION_DENIED ->
          Failure.of(
              Exit.REFUSED,
              "CALLER_DENIED",
              "the broker does not serve this user",
              "run nbctl as the user who runs nbrokerd");
      case RESOURCE_EXHAUSTED -> otherVersion("sent more than nbctl accepts in one message");
      case OK,
          CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          Failure.of(
              Exit.DEFECT,
              "DEFECT",
              "the broker failed unexpectedly (" + status.getCode() + ", no incident id)",
              "see `journalctl --user -u nbrokerd`, and report it");
    };
  }

  /** A stream that ended well, but before its last event. */
  static Failure cutShort() {
    return otherVersion("ended the call too early");
  }

  private static Failure otherVersion(String what) {
    return noBroker(
        "the broker " + what + "; it may be of another version than nbctl",
        "restart it with `systemctl --user restart nbrokerd`");
  }

  private static Failure noBroker(String cause, String remedy) {
    return Failure.of(Exit.NO_BROKER, "NO_BROKER", cause, remedy);
  }
}
