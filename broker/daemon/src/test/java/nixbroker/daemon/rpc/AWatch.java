package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.proto.v1.BundleState;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.Phase;
import nixbroker.proto.v1.WatchEvent;
import nixbroker.proto.v1.WatchRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AWatch {
  private static final String GANON = "00000000000000aa";
  private static final String AZMIDI = "00000000000000bb";

  @TempDir Path folder;
  private Ledger ledger;
  private Trees trees;
  private Seal seal;
  private Bundles bundles;
  private Gated gated;

  @BeforeEach
  void start() throws Exception {
    InstantSource clock = InstantSource.system();
    ledger = Ledger.open(folder.resolve("bundles-ledger"), clock);
    ledger.append(issued(GANON, "ganon"));
    ledger.append(issued(AZMIDI, "azmidi"));
    ledger.append(new Event.BundleClaimed(GANON, "age1x", "10.0.0.31", "00", "00"));
    ledger.append(new Event.BundleClaimed(AZMIDI, "age1x", "10.0.0.32", "00", "00"));
    trees = new Trees(Map.of(), Path.of("git"), ledger);
    seal = new Seal(new Seal.Settings(Duration.ofHours(1), Duration.ofHours(1)), ledger, clock);
    bundles =
        new Bundles(
            new Bundles.Settings(Duration.ofHours(1), Optional.empty()),
            folder,
            trees,
            seal,
            ledger,
            clock);
    gated = new Gated(folder, new Watching());
  }

  private static Event issued(String bundle, String host) {
    return new Event.BundleIssued(
        bundle, "home", host, "00", "SHA256:x", Instant.now().plus(Duration.ofHours(1)));
  }

  @AfterEach
  void stop() {
    gated.close();
    seal.close();
    trees.close();
    ledger.close();
  }

  private void report(String bundle, Bundles.Report... reports) {
    bundles.report(new Caller.Installer(bundle), List.of(reports));
  }

  private Iterator<WatchEvent> watch(boolean untilDone, String... hosts) {
    return OperatorGrpc.newBlockingStub(gated.channel)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .watch(
            WatchRequest.newBuilder().addAllHosts(List.of(hosts)).setUntilDone(untilDone).build());
  }

  /** What is known at the start: each host's bundle was issued and claimed. */
  private static void skip(Iterator<WatchEvent> events, int count) {
    for (int i = 0; i < count; i++) {
      events.next();
    }
  }

  @Test
  void tellsWhatIsKnownAndWhatComes() {
    Iterator<WatchEvent> events = watch(false, "ganon");
    assertThat(events.next().getState()).isEqualTo(BundleState.ISSUED);
    assertThat(events.next().getState()).isEqualTo(BundleState.CLAIMED);
    report(GANON, new Bundles.Report.Output("DISKO", false, "formatting"));
    assertThat(events.next().getOutput().getText()).isEqualTo("formatting");
  }

  @Test
  void tellsOnlyOfTheHostsAskedFor() {
    Iterator<WatchEvent> events = watch(false, "azmidi");
    assertThat(events.next().getHost()).isEqualTo("azmidi");
    events.next();
    report(GANON, new Bundles.Report.Output("DISKO", false, "of ganon"));
    report(AZMIDI, new Bundles.Report.Output("DISKO", false, "of azmidi"));
    assertThat(events.next().getOutput().getText()).isEqualTo("of azmidi");
  }

  @Test
  void endsWithTheInstallation() {
    Iterator<WatchEvent> events = watch(true, "ganon");
    skip(events, 2);
    report(GANON, new Bundles.Report.Phase("NIXOS_INSTALL", "DONE", ""));
    assertThat(events.next().getPhase().getPhase()).isEqualTo(Phase.NIXOS_INSTALL);
    assertThat(events.hasNext()).isFalse();
  }

  @Test
  void endsWithAPhaseThatFailed() {
    Iterator<WatchEvent> events = watch(true, "ganon");
    skip(events, 2);
    report(GANON, new Bundles.Report.Phase("DISKO", "FAILED", "exit 1"));
    assertThat(events.next().getPhase().getDetail()).isEqualTo("exit 1");
    assertThat(events.hasNext()).isFalse();
  }

  @Test
  void waitsForEveryHostAskedFor() {
    Iterator<WatchEvent> events = watch(true, "ganon", "azmidi");
    skip(events, 4);
    report(GANON, new Bundles.Report.Phase("NIXOS_INSTALL", "DONE", ""));
    events.next();
    report(AZMIDI, new Bundles.Report.Phase("NIXOS_INSTALL", "DONE", ""));
    assertThat(events.next().getHost()).isEqualTo("azmidi");
    assertThat(events.hasNext()).isFalse();
  }

  @Test
  void byACallerWhoDoesNotReadEndsBeforeItFillsTheMemory() throws Exception {
    Reader reader = new Reader();
    OperatorGrpc.newStub(gated.channel).watch(WatchRequest.getDefaultInstance(), reader);
    reader.firstCame.await(30, TimeUnit.SECONDS);
    String line = "x".repeat(1000);
    List<Bundles.Report> lines =
        Collections.nCopies(250, new Bundles.Report.Output("DISKO", false, line));
    for (int i = 0; i < 40; i++) {
      bundles.report(new Caller.Installer(GANON), lines);
    }
    reader.call.request(100_000);
    assertThat(reader.ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Status.fromThrowable(reader.failure).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(reader.count).isBetween(4096, 8000);
  }

  /** Takes one event, and no more until it is told to. */
  private static final class Reader implements ClientResponseObserver<WatchRequest, WatchEvent> {
    final CountDownLatch firstCame = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    volatile ClientCallStreamObserver<WatchRequest> call;
    volatile Throwable failure;
    volatile int count;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(WatchEvent event) {
      count++;
      firstCame.countDown();
    }

    @Override
    public void onError(Throwable t) {
      failure = t;
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }

  private final class Watching extends OperatorGrpc.OperatorImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchEvent> answer) {
      Set<HostName> hosts =
          request.getHostsList().stream().map(HostName::parse).collect(Collectors.toSet());
      new WatchStream(
              (ServerCallStreamObserver<WatchEvent>) answer,
              hosts,
              request.getUntilDone(),
              new Failures(System.err))
          .begin(bundles);
    }
  }
}
