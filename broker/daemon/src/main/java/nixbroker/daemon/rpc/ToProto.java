package nixbroker.daemon.rpc;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Overview;
import nixbroker.proto.v1.Access;
import nixbroker.proto.v1.BundleState;
import nixbroker.proto.v1.BundleStatus;
import nixbroker.proto.v1.InitPlan;
import nixbroker.proto.v1.MintDone;
import nixbroker.proto.v1.NewFile;
import nixbroker.proto.v1.OutputLine;
import nixbroker.proto.v1.Phase;
import nixbroker.proto.v1.PhaseChange;
import nixbroker.proto.v1.PhaseState;
import nixbroker.proto.v1.PinNeeded;
import nixbroker.proto.v1.Plan;
import nixbroker.proto.v1.Progress;
import nixbroker.proto.v1.Sealed;
import nixbroker.proto.v1.TouchNeeded;
import nixbroker.proto.v1.TreeStatus;
import nixbroker.proto.v1.Unlocked;
import nixbroker.proto.v1.WatchEvent;

/** Answers as the contract has them. */
final class ToProto {
  private ToProto() {}

  static Sealed sealed(Seal.State.Locked state) {
    return Sealed.newBuilder().setSinceMs(state.since().toEpochMilli()).setWhy(state.why()).build();
  }

  static Unlocked unlocked(Seal.State.Open state) {
    return Unlocked.newBuilder()
        .setKey(state.key().shown())
        .setSinceMs(state.since().toEpochMilli())
        .setUntilMs(state.until().toEpochMilli())
        .setIdleUntilMs(state.idleUntil().toEpochMilli())
        .build();
  }

  static TreeStatus tree(Overview.Line line) {
    return TreeStatus.newBuilder()
        .setName(line.name().text())
        .setPath(line.folder().toString())
        .setInitialised(line.initialised())
        .setFiles(line.files())
        .setHosts(line.hosts())
        .setUsers(line.users())
        .setProblem(line.problem())
        .build();
  }

  static BundleStatus bundle(Bundles.View view) {
    return BundleStatus.newBuilder()
        .setId(view.id())
        .setTree(view.tree().text())
        .setHost(view.host().text())
        .setState(state(view.state()))
        .setIssuedMs(view.issued().toEpochMilli())
        .setExpiresMs(view.expires().toEpochMilli())
        .setPhase(view.phase())
        .build();
  }

  private static BundleState state(Bundles.State state) {
    return switch (state) {
      case ISSUED -> BundleState.ISSUED;
      case CLAIMED -> BundleState.CLAIMED;
      case ACTIVE -> BundleState.ACTIVE;
      case EXPIRED -> BundleState.EXPIRED;
    };
  }

  static PinNeeded pin(HardwareKey key, int tries) {
    return PinNeeded.newBuilder()
        .setKey(key.shown())
        .setTries(tries)
        .setSoftwareKey(key.software())
        .build();
  }

  static TouchNeeded touch(HardwareKey key) {
    return TouchNeeded.newBuilder().setKey(key.shown()).build();
  }

  static InitPlan plan(Init.Plan plan) {
    return InitPlan.newBuilder()
        .setTreePath(plan.treePath())
        .setSopsConfig(plan.sopsConfig())
        .setRules(plan.rules())
        .setEncryptedFiles(plan.encryptedFiles())
        .setHardwareKey(plan.key().shown())
        .setSlot(String.format("%02x", plan.key().slot()))
        .setSoftwareKey(plan.key().software())
        .setRecoveryFile(plan.recoveryFile().toString())
        .build();
  }

  static Plan plan(Mint.Plan plan) {
    Plan.Builder answer =
        Plan.newBuilder()
            .setTree(plan.tree())
            .setHost(plan.host())
            .addAllUsers(plan.users())
            .setUnchanged(plan.unchanged())
            .setCommit(plan.commit())
            .addAllNewAnchors(plan.newAnchors())
            .addAllNewRules(plan.newRules())
            .addAllGains(access(plan.gains()))
            .addAllLoses(access(plan.loses()))
            .addAllTransitive(plan.transitive())
            .addAllRekeyed(plan.rekeyed())
            .setSopsConfig(plan.sopsConfig());
    plan.newFiles()
        .forEach(
            (path, keys) ->
                answer.addNewFiles(
                    NewFile.newBuilder()
                        .setPath(path)
                        .addAllKeys(keys)
                        .addAllReaders(plan.readers().get(path))));
    return answer.build();
  }

  private static List<Access> access(Map<String, List<String>> files) {
    return files.entrySet().stream()
        .map(e -> Access.newBuilder().setRecipient(e.getKey()).addAllFiles(e.getValue()).build())
        .toList();
  }

  static Progress progress(String what, int done, int total, String path) {
    return Progress.newBuilder().setWhat(what).setDone(done).setTotal(total).setPath(path).build();
  }

  static MintDone minted(Mint.Minted minted) {
    return MintDone.newBuilder()
        .setHostRecipient(minted.hostRecipient())
        .setHostKey(minted.hostKey())
        .setCommit(minted.commit())
        .build();
  }

  static WatchEvent changed(Bundles.View view, Instant at) {
    return about(view, at).setState(state(view.state())).build();
  }

  static WatchEvent reported(Bundles.View view, Instant at, Bundles.Report report) {
    WatchEvent.Builder event = about(view, at);
    return switch (report) {
      case Bundles.Report.Phase(String phase, String state, String detail) ->
          event
              .setPhase(
                  PhaseChange.newBuilder()
                      .setPhase(Phase.valueOf(phase))
                      .setState(PhaseState.valueOf(state))
                      .setDetail(detail))
              .build();
      case Bundles.Report.Output(String phase, boolean stderr, String text) ->
          event
              .setOutput(
                  OutputLine.newBuilder()
                      .setPhase(Phase.valueOf(phase))
                      .setStderr(stderr)
                      .setText(text))
              .build();
    };
  }

  private static WatchEvent.Builder about(Bundles.View view, Instant at) {
    return WatchEvent.newBuilder()
        .setBundleId(view.id())
        .setHost(view.host().text())
        .setAtMs(at.toEpochMilli());
  }
}
