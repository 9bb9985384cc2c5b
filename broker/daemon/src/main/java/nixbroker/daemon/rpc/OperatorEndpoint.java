package nixbroker.daemon.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Overview;
import nixbroker.daemon.tunnel.Tunnel;
import nixbroker.proto.v1.InitEvent;
import nixbroker.proto.v1.InitRequest;
import nixbroker.proto.v1.IssueBundleRequest;
import nixbroker.proto.v1.IssueBundleResponse;
import nixbroker.proto.v1.ListBundlesRequest;
import nixbroker.proto.v1.ListBundlesResponse;
import nixbroker.proto.v1.LockRequest;
import nixbroker.proto.v1.LockResponse;
import nixbroker.proto.v1.MintEvent;
import nixbroker.proto.v1.MintRequest;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.StatusResponse;
import nixbroker.proto.v1.UnlockEvent;
import nixbroker.proto.v1.UnlockRequest;
import nixbroker.proto.v1.WatchEvent;
import nixbroker.proto.v1.WatchRequest;

/** What nbctl asks. */
final class OperatorEndpoint extends OperatorGrpc.OperatorImplBase {
  private static final System.Logger LOG = System.getLogger("nixbroker.rpc");

  private final Rooms rooms;
  private final Overview overview;
  private final Failures failures;

  OperatorEndpoint(Rooms rooms, Failures failures) {
    this.rooms = rooms;
    this.overview = new Overview(rooms.trees());
    this.failures = failures;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> answer) {
    StatusResponse.Builder status =
        StatusResponse.newBuilder()
            .setVersion(rooms.version())
            .setPid(ProcessHandle.current().pid())
            .setSoftwareKey(rooms.softwareKey())
            .setTunnelAddress(rooms.tunnelAddress().orElse(""))
            .setTunnelOpen(rooms.tunnel().map(Tunnel::isOpen).orElse(false))
            .setTunnelHostKey(rooms.tunnel().flatMap(Tunnel::hostKey).orElse(""));
    switch (rooms.seal().state()) {
      case Seal.State.Locked locked -> status.setSealed(ToProto.sealed(locked));
      case Seal.State.Open open -> status.setUnlocked(ToProto.unlocked(open));
    }
    overview.lines().forEach(line -> status.addTrees(ToProto.tree(line)));
    rooms.bundles().list().forEach(view -> status.addBundles(ToProto.bundle(view)));
    finish(answer, status.build());
  }

  @Override
  public void init(InitRequest request, StreamObserver<InitEvent> answer) {
    Init.Request wanted = FromProto.init(request);
    var told = new Telling.OfInit(goesOn(answer));
    OwnThread.run(() -> rooms.init().init(wanted, told)).ifPresent(told::done);
    answer.onCompleted();
  }

  @Override
  public void unlock(UnlockRequest request, StreamObserver<UnlockEvent> answer) {
    TreeName tree = TreeName.parse(request.getTree());
    Requester requester = FromProto.requester(request.getRequester());
    var told = new Telling.OfUnlock(goesOn(answer));
    Seal.State.Open open = OwnThread.run(() -> rooms.unlock().unlock(tree, requester, told));
    openTunnel();
    finish(answer, UnlockEvent.newBuilder().setUnlocked(ToProto.unlocked(open)).build());
  }

  /** What keeps the port closed does not undo the unlock; the next ticket says it again. */
  private void openTunnel() {
    try {
      rooms.tunnel().ifPresent(Tunnel::refresh);
    } catch (Refusal refusal) {
      LOG.log(System.Logger.Level.WARNING, "the SSH port stays closed: {0}", refusal.cause());
    }
  }

  @Override
  public void lock(LockRequest request, StreamObserver<LockResponse> answer) {
    boolean was = rooms.seal().lock("lock");
    finish(answer, LockResponse.newBuilder().setWasUnlocked(was).build());
  }

  @Override
  public void mint(MintRequest request, StreamObserver<MintEvent> answer) {
    goesOn(answer);
    rooms
        .mint()
        .mint(FromProto.mint(request), new MintTold(answer))
        .ifPresent(
            minted ->
                answer.onNext(MintEvent.newBuilder().setDone(ToProto.minted(minted)).build()));
    answer.onCompleted();
  }

  private record MintTold(StreamObserver<MintEvent> answer) implements Mint.Listener {
    @Override
    public void planned(Mint.Plan plan) {
      answer.onNext(MintEvent.newBuilder().setPlan(ToProto.plan(plan)).build());
    }

    @Override
    public void progress(String what, int done, int total, String path) {
      answer.onNext(
          MintEvent.newBuilder().setProgress(ToProto.progress(what, done, total, path)).build());
    }
  }

  @Override
  public void issueBundle(IssueBundleRequest request, StreamObserver<IssueBundleResponse> answer) {
    Bundles.Issued issued =
        rooms
            .bundles()
            .issue(
                TreeName.parse(request.getTree()),
                HostName.parse(request.getHost()),
                FromProto.ttl(request));
    try {
      finish(
          answer,
          IssueBundleResponse.newBuilder()
              .setBundle(ToProto.bundle(issued.view()))
              .setTicket(UnsafeByteOperations.unsafeWrap(issued.ticket()))
              .setAddress(issued.address())
              .setHostKey(issued.hostKey())
              .build());
    } finally {
      Arrays.fill(issued.ticket(), (byte) 0);
    }
  }

  @Override
  public void listBundles(ListBundlesRequest request, StreamObserver<ListBundlesResponse> answer) {
    ListBundlesResponse.Builder list = ListBundlesResponse.newBuilder();
    rooms.bundles().list().stream()
        .filter(view -> request.getTree().isEmpty() || view.tree().text().equals(request.getTree()))
        .forEach(view -> list.addBundles(ToProto.bundle(view)));
    finish(answer, list.build());
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchEvent> answer) {
    Set<HostName> hosts =
        request.getHostsList().stream().map(HostName::parse).collect(Collectors.toSet());
    new WatchStream(streaming(answer), hosts, request.getUntilDone(), failures)
        .begin(rooms.bundles());
  }

  /** A caller who leaves ends nothing that has begun: what is under way is finished. */
  private static <T> ServerCallStreamObserver<T> goesOn(StreamObserver<T> answer) {
    ServerCallStreamObserver<T> streaming = streaming(answer);
    streaming.setOnCancelHandler(() -> {});
    return streaming;
  }

  private static <T> ServerCallStreamObserver<T> streaming(StreamObserver<T> answer) {
    return (ServerCallStreamObserver<T>) answer;
  }

  private static <T> void finish(StreamObserver<T> answer, T last) {
    answer.onNext(last);
    answer.onCompleted();
  }
}
