package nixbroker.cli;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import nixbroker.proto.v1.*;

/**
 * The operator service with fixed answers. A host named {@code refuse-<reason>} is refused for that
 * reason; {@code defect}, {@code crash}, {@code escape} and {@code potato} (minted already) do as
 * they are called.
 */
final class ScriptedOperator extends OperatorGrpc.OperatorImplBase {
  enum Mood {
    SEALED,
    UNLOCKED,
    TWO_TREES,
    NO_TREES
  }

  private static final String COMMIT = "9b1d7e2f00112233445566778899aabbccddeeff";
  private static final String HOST_KEY = "SHA256:mV2kTn0cFDqvY1o3m0rWZkq4m7yqk8mJc7xQ2hVuc9A";

  private final Path home;
  private final Mood mood;
  private final Runnable death;

  /** Counted down when a watch was cancelled. */
  final CountDownLatch cancelled = new CountDownLatch(1);

  ScriptedOperator(Path home, Mood mood, Runnable death) {
    this.home = home;
    this.mood = mood;
    this.death = death;
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
    StatusResponse.Builder status =
        StatusResponse.newBuilder().setVersion("0.1.0").setPid(4711).setSoftwareKey(true);
    if (mood == Mood.SEALED) {
      status.setSealed(Sealed.newBuilder().setSinceMs(ago("PT49H")).setWhy("system sleep"));
    } else {
      status.setUnlocked(unlocked(ago("PT2H10M")));
      status.setTunnelAddress("10.0.0.7:4022").setTunnelOpen(true).setTunnelHostKey(HOST_KEY);
      status.addBundles(bundle("ganon", BundleState.ISSUED, ""));
      status.addBundles(bundle("potato", BundleState.ACTIVE, ""));
    }
    if (mood != Mood.NO_TREES) {
      status.addTrees(tree("home", "nixcfg/secrets").setHosts(6).setUsers(2).setInitialised(true));
    }
    if (mood == Mood.TWO_TREES) {
      status.addTrees(tree("staging", "staging").setProblem("not a git repository"));
    }
    answer(out, status.build());
  }

  private TreeStatus.Builder tree(String name, String path) {
    return TreeStatus.newBuilder()
        .setName(name)
        .setPath(home.resolve(path).toString())
        .setFiles(1214);
  }

  private static Unlocked unlocked(long since) {
    return Unlocked.newBuilder()
        .setKey("YubiKey 15432198")
        .setSinceMs(since)
        .setUntilMs(since + Duration.ofHours(8).toMillis())
        .setIdleUntilMs(since + Duration.ofHours(1).toMillis())
        .build();
  }

  private static BundleStatus bundle(String host, BundleState state, String phase) {
    return BundleStatus.newBuilder()
        .setId("00112233445566aa")
        .setTree("home")
        .setHost(host)
        .setState(state)
        .setPhase(phase)
        .setIssuedMs(ago("PT3H"))
        .setExpiresMs(ago("PT-21H"))
        .build();
  }

  private static long ago(String duration) {
    return System.currentTimeMillis() - Duration.parse(duration).toMillis();
  }

  @Override
  public void init(InitRequest request, StreamObserver<InitEvent> out) {
    InitPlan plan =
        InitPlan.newBuilder()
            .setTreePath(home.resolve("nixcfg/secrets").toString())
            .setSopsConfig(".sops.yaml")
            .setRules(3)
            .setHardwareKey("YubiKey 5C, serial 15432198")
            .setSlot("82")
            .setSoftwareKey(true)
            .setRecoveryFile(
                request.getRecoveryFile().isEmpty()
                    ? home.resolve(".local/state/nixbroker/recovery.age").toString()
                    : request.getRecoveryFile())
            .build();
    out.onNext(InitEvent.newBuilder().setPlan(plan).build());
    if (!request.getDryRun()) {
      out.onNext(InitEvent.newBuilder().setTouch(touch()).build());
      out.onNext(
          InitEvent.newBuilder()
              .setRecovery(
                  RecoveryPassphrase.newBuilder()
                      .setPassphrase(ByteString.copyFromUtf8("ocean-gravel-lantern-quartz")))
              .build());
      out.onNext(
          InitEvent.newBuilder()
              .setDone(
                  InitDone.newBuilder()
                      .setMaster("age1q9kx5w8l3v7n2m4c6z0a9s8d7f6g5h4j3k2l1p0o9i8u7y6tx7w2")
                      .setCommit("3f2c91a000112233445566778899aabbccddeeff")
                      .setCommitMessage("nixbroker: init")
                      .setTunnelHostKey(HOST_KEY))
              .build());
    }
    out.onCompleted();
  }

  private static TouchNeeded touch() {
    return TouchNeeded.newBuilder().setKey("YubiKey 15432198").build();
  }

  @Override
  public void unlock(UnlockRequest request, StreamObserver<UnlockEvent> out) {
    out.onNext(
        UnlockEvent.newBuilder()
            .setPin(
                PinNeeded.newBuilder()
                    .setKey("YubiKey 15432198")
                    .setTries(3)
                    .setSoftwareKey(mood == Mood.SEALED))
            .build());
    out.onNext(UnlockEvent.newBuilder().setTouch(touch()).build());
    out.onNext(UnlockEvent.newBuilder().setUnlocked(unlocked(ago("PT0S"))).build());
    out.onCompleted();
  }

  @Override
  public void lock(LockRequest request, StreamObserver<LockResponse> out) {
    answer(out, LockResponse.newBuilder().setWasUnlocked(mood != Mood.SEALED).build());
  }

  @Override
  public void mint(MintRequest request, StreamObserver<MintEvent> out) {
    String host = request.getHost();
    if (denied(host, out)) {
      return;
    }
    Plan plan = host.equals("potato") ? mintedAlready() : plan(request);
    out.onNext(MintEvent.newBuilder().setPlan(plan).build());
    if (host.equals("crash")) {
      death.run();
      return;
    }
    if (!request.getDryRun() && !plan.getUnchanged()) {
      for (int i = 1; i <= 3; i++) {
        Progress.Builder step = Progress.newBuilder().setWhat("rekeyed").setDone(i).setTotal(3);
        out.onNext(MintEvent.newBuilder().setProgress(step).build());
      }
      out.onNext(
          MintEvent.newBuilder()
              .setDone(
                  MintDone.newBuilder()
                      .setHostRecipient("age1lz8q5w8l3v7n2m4c6z0a9s8d7f6g5h4j3k2l1p0o9i8u7y6t0q4k")
                      .setHostKey(HOST_KEY)
                      .setCommit(COMMIT))
              .build());
    }
    out.onCompleted();
  }

  private static Plan mintedAlready() {
    return Plan.newBuilder().setHost("potato").setUnchanged(true).setCommit(COMMIT).build();
  }

  private static Plan plan(MintRequest request) {
    String host = request.getHost();
    String folder = "hosts/" + (host.equals("escape") ? "\u001b]0;owned\u0007" : host);
    Plan.Builder plan =
        Plan.newBuilder()
            .setTree(request.getTree())
            .setHost(host)
            .addAllUsers(request.getUsersList())
            .addNewFiles(
                NewFile.newBuilder()
                    .setPath(folder + "/install.yaml")
                    .addAllKeys(
                        List.of(
                            "ssh_host_ed25519_key",
                            "initrd_ssh_host_ed25519_key",
                            "disk_passphrase"))
                    .addAllReaders(List.of("master", "admin_michael")))
            .setSopsConfig(".sops.yaml")
            .addNewAnchors("host_" + host)
            .addNewRules("^hosts/" + host + "/install\\.yaml$")
            .addNewRules("^hosts/" + host + "/")
            .addGains(
                access(
                    "host_" + host,
                    folder + "/secrets.yaml",
                    "common/services.yaml",
                    "common/wifi.yaml"))
            .addAllRekeyed(List.of("common/services.yaml", "common/wifi.yaml"));
    NewFile.Builder secrets = NewFile.newBuilder().setPath(folder + "/secrets.yaml");
    for (String user : request.getUsersList()) {
      String id = user + "_" + host;
      secrets.addKeys("user_age_keys/" + id).addKeys("user_ssh_keys/" + id);
      plan.addNewAnchors("user_" + id).addGains(access("user_" + id, "users/michael/tokens.yaml"));
      plan.addTransitive("host_" + host + " reads users/michael/tokens.yaml through user_" + id);
      plan.addRekeyed("users/michael/tokens.yaml");
    }
    return plan.addNewFiles(secrets).build();
  }

  private static Access access(String recipient, String... files) {
    return Access.newBuilder().setRecipient(recipient).addAllFiles(List.of(files)).build();
  }

  @Override
  public void issueBundle(IssueBundleRequest request, StreamObserver<IssueBundleResponse> out) {
    if (denied(request.getHost(), out)) {
      return;
    }
    BundleStatus.Builder bundle = bundle(request.getHost(), BundleState.ISSUED, "").toBuilder();
    long ttl = request.getTtlSeconds() == 0 ? 86_400 : request.getTtlSeconds();
    bundle.setExpiresMs(bundle.getIssuedMs() + ttl * 1000);
    answer(
        out,
        IssueBundleResponse.newBuilder()
            .setBundle(bundle)
            .setTicket(ByteString.copyFromUtf8("{\"format\":1,\"bundle\":\"00112233445566aa\"}\n"))
            .setAddress("10.0.0.7:4022")
            .setHostKey(HOST_KEY)
            .build());
  }

  @Override
  public void listBundles(ListBundlesRequest request, StreamObserver<ListBundlesResponse> out) {
    ListBundlesResponse.Builder list = ListBundlesResponse.newBuilder();
    if (mood == Mood.UNLOCKED) {
      list.addBundles(bundle("ganon", BundleState.ISSUED, ""));
      list.addBundles(bundle("rk1-node3", BundleState.CLAIMED, "disko"));
    }
    answer(out, list.build());
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchEvent> out) {
    String host = request.getHostsCount() == 0 ? "ganon" : request.getHosts(0);
    ((ServerCallStreamObserver<WatchEvent>) out).setOnCancelHandler(cancelled::countDown);
    out.onNext(event(host, 0).setState(BundleState.CLAIMED).build());
    out.onNext(event(host, 1).setPhase(phase(Phase.FETCH, PhaseState.DONE, "5 keys")).build());
    out.onNext(event(host, 2).setPhase(phase(Phase.DISKO, PhaseState.BEGUN, "")).build());
    out.onNext(
        event(host, 3)
            .setOutput(
                OutputLine.newBuilder().setPhase(Phase.DISKO).setText("argv: \u001b[2J--mode"))
            .build());
    PhaseState end = host.equals("broken") ? PhaseState.FAILED : PhaseState.DONE;
    out.onNext(event(host, 43).setPhase(phase(Phase.DISKO, end, "")).build());
    if (host.equals("waiting")) {
      return;
    }
    if (request.getUntilDone()) {
      out.onCompleted();
    } else {
      death.run();
    }
  }

  private static WatchEvent.Builder event(String host, long second) {
    return WatchEvent.newBuilder()
        .setHost(host)
        .setBundleId("00112233445566aa")
        .setAtMs(1_772_447_400_000L + second * 1000);
  }

  private static PhaseChange phase(Phase phase, PhaseState state, String detail) {
    return PhaseChange.newBuilder().setPhase(phase).setState(state).setDetail(detail).build();
  }

  private static boolean denied(String host, StreamObserver<?> out) {
    if (host.equals("defect")) {
      Metadata trailers = new Metadata();
      trailers.put(
          Metadata.Key.of("nixbroker-incident", Metadata.ASCII_STRING_MARSHALLER), "1a2b3c4d");
      out.onError(new StatusRuntimeException(Status.INTERNAL, trailers));
      return true;
    }
    if (host.startsWith("refuse-")) {
      String reason = host.substring("refuse-".length()).toUpperCase(Locale.ROOT).replace('-', '_');
      RefusalDetail detail =
          RefusalDetail.newBuilder()
              .setReason(RefusalReason.valueOf(reason))
              .setCause("the cause of " + host.substring("refuse-".length()))
              .setRemedy("the remedy")
              .build();
      Metadata trailers = new Metadata();
      trailers.put(
          Metadata.Key.of("nixbroker-refusal-bin", Metadata.BINARY_BYTE_MARSHALLER),
          detail.toByteArray());
      out.onError(new StatusRuntimeException(Status.FAILED_PRECONDITION, trailers));
      return true;
    }
    return false;
  }

  private static <T> void answer(StreamObserver<T> out, T answer) {
    out.onNext(answer);
    out.onCompleted();
  }
}
