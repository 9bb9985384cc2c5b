package nixbroker.installer;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nixbroker.proto.v1.AcknowledgeRequest;
import nixbroker.proto.v1.ClaimRequest;
import nixbroker.proto.v1.FetchRequest;
import nixbroker.proto.v1.InstallerGrpc;
import nixbroker.proto.v1.InstallerGrpc.InstallerBlockingStub;
import nixbroker.proto.v1.RefusalDetail;
import nixbroker.proto.v1.ReportEvent;
import nixbroker.proto.v1.ReportRequest;

/** The installer API through the SSH line. Calls are repeated while the broker is out of reach. */
final class BrokerApi implements AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Metadata.Key<byte[]> REFUSAL =
      Metadata.Key.of("nixbroker-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final Metadata.Key<String> INCIDENT =
      Metadata.Key.of("nixbroker-incident", Metadata.ASCII_STRING_MARSHALLER);

  private final Ticket ticket;
  private final Duration patience;
  private final SshLine line;
  private final ManagedChannel channel;

  BrokerApi(Ticket ticket, Duration patience) {
    this.ticket = ticket;
    this.patience = patience;
    this.line = new SshLine(ticket);
    // a literal address, because okhttp would look up a name; the socket factory ignores it
    this.channel =
        OkHttpChannelBuilder.forAddress("127.0.0.1", 1)
            .overrideAuthority("broker")
            .socketFactory(new ChannelSocket.Factory(line))
            .usePlaintext()
            .build();
  }

  void claim(String recipient) throws Failure, InterruptedException {
    ClaimRequest request =
        ClaimRequest.newBuilder()
            .setToken(UnsafeByteOperations.unsafeWrap(ticket.token()))
            .setRecipient(recipient)
            .build();
    call(stub -> stub.claim(request));
  }

  byte[] fetch(String recipient) throws Failure, InterruptedException {
    FetchRequest request =
        FetchRequest.newBuilder()
            .setToken(UnsafeByteOperations.unsafeWrap(ticket.token()))
            .setRecipient(recipient)
            .build();
    return call(stub -> stub.fetch(request)).getCiphertext().toByteArray();
  }

  void acknowledge(String recipient, byte[] receipt) throws Failure, InterruptedException {
    AcknowledgeRequest request =
        AcknowledgeRequest.newBuilder()
            .setToken(UnsafeByteOperations.unsafeWrap(ticket.token()))
            .setRecipient(recipient)
            .setReceipt(UnsafeByteOperations.unsafeWrap(receipt))
            .build();
    call(stub -> stub.acknowledge(request));
  }

  void report(List<ReportEvent> events) throws Failure, InterruptedException {
    ReportRequest request = ReportRequest.newBuilder().addAllEvents(events).build();
    call(stub -> stub.report(request));
  }

  /** Every method may be repeated, so a lost answer is asked for again. */
  private <T> T call(Function<InstallerBlockingStub, T> method)
      throws Failure, InterruptedException {
    Backoff backoff = new Backoff(patience);
    while (true) {
      String why;
      try {
        line.connect();
        channel.resetConnectBackoff();
        return method.apply(
            InstallerGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS));
      } catch (IOException e) {
        requireNoDefect(e);
        why = e.getMessage();
      } catch (StatusRuntimeException e) {
        why = transientOrThrow(e);
      }
      if (!backoff.waitAgain()) {
        throw Failure.noBroker(
            "the broker at " + ticket.address() + " cannot be reached: " + Shown.line(why),
            "check the network, and that the SSH port is open: nbctl status on the laptop");
      }
    }
  }

  /** MINA wraps what a program is missing in what a network does; waiting does not mend it. */
  private static void requireNoDefect(IOException e) throws Failure {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error) {
        throw Failure.defect(
            "nb-install is incomplete: " + Shown.line(String.valueOf(cause)),
            "build or install it again");
      }
    }
  }

  private static String transientOrThrow(StatusRuntimeException e) throws Failure {
    Metadata trailers = e.getTrailers();
    if (trailers != null && trailers.get(REFUSAL) != null) {
      throw refusal(trailers.get(REFUSAL));
    }
    if (trailers != null && trailers.get(INCIDENT) != null) {
      throw Failure.defect(
          "the broker failed, incident " + Shown.line(trailers.get(INCIDENT)),
          "look for the incident in the broker's log on the laptop");
    }
    Status.Code code = e.getStatus().getCode();
    if (code == Status.Code.UNAVAILABLE || code == Status.Code.DEADLINE_EXCEEDED) {
      return e.getStatus().getDescription();
    }
    throw Failure.defect("the broker answered " + code, "use nb-install of the broker's version");
  }

  private static Failure refusal(byte[] detail) {
    try {
      RefusalDetail refusal = RefusalDetail.parseFrom(detail);
      String reason = refusal.getReason().name();
      String cause = Shown.line(refusal.getCause());
      String remedy = Shown.line(refusal.getRemedy());
      return switch (refusal.getReason()) {
        case SEALED -> Failure.sealed(cause, remedy + " on the laptop, then run this again");
        case NAME_INVALID, REQUEST_INVALID, TREE_UNKNOWN -> Failure.usage(cause, remedy);
        case FILE_CHANGED, UNCOMMITTED_CHANGES, HEAD_MOVED, TREE_BUSY ->
            Failure.conflict(reason, cause, remedy);
        default -> Failure.refused(reason, cause, remedy);
      };
    } catch (InvalidProtocolBufferException e) {
      return Failure.defect("the broker's refusal is malformed", "use the broker's nb-install");
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    line.close();
  }
}
