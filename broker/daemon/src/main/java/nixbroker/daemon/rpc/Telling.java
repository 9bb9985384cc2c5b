package nixbroker.daemon.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import nixbroker.daemon.hardware.Conversation;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.InitDone;
import nixbroker.proto.v1.InitEvent;
import nixbroker.proto.v1.RecoveryPassphrase;
import nixbroker.proto.v1.UnlockEvent;

/** Tells the person how a conversation with the hardware key goes on. */
final class Telling {
  private Telling() {}

  /** Nobody is asked for a PIN or a touch by a request whose caller has gone. */
  private static void requirePresent(ServerCallStreamObserver<?> answer) {
    if (answer.isCancelled()) {
      throw new Refusal.Declined(
          Reason.PIN_CANCELLED, "whoever asked has left", "run the command again");
    }
  }

  record OfUnlock(ServerCallStreamObserver<UnlockEvent> answer) implements Conversation {
    @Override
    public void pinNeeded(HardwareKey key, int tries) {
      requirePresent(answer);
      answer.onNext(UnlockEvent.newBuilder().setPin(ToProto.pin(key, tries)).build());
    }

    @Override
    public void touchNeeded(HardwareKey key) {
      requirePresent(answer);
      answer.onNext(UnlockEvent.newBuilder().setTouch(ToProto.touch(key)).build());
    }
  }

  record OfInit(ServerCallStreamObserver<InitEvent> answer) implements Init.Listener {
    @Override
    public void planned(Init.Plan plan) {
      answer.onNext(InitEvent.newBuilder().setPlan(ToProto.plan(plan)).build());
    }

    @Override
    public void pinNeeded(HardwareKey key, int tries) {
      // The contract has no such event: pinentry itself is what the person sees.
      requirePresent(answer);
    }

    @Override
    public void touchNeeded(HardwareKey key) {
      requirePresent(answer);
      answer.onNext(InitEvent.newBuilder().setTouch(ToProto.touch(key)).build());
    }

    @Override
    public void recovery(byte[] passphrase) {
      requirePresent(answer);
      // A copy: the answer may still be on its way when the array is wiped.
      answer.onNext(
          InitEvent.newBuilder()
              .setRecovery(
                  RecoveryPassphrase.newBuilder().setPassphrase(ByteString.copyFrom(passphrase)))
              .build());
    }

    void done(Init.Done done) {
      answer.onNext(
          InitEvent.newBuilder()
              .setDone(
                  InitDone.newBuilder()
                      .setMaster(done.master())
                      .setCommit(done.commit())
                      .setCommitMessage(done.commitMessage())
                      .setTunnelHostKey(done.hostKey()))
              .build());
    }
  }
}
