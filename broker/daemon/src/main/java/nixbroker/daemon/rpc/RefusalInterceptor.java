package nixbroker.daemon.rpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The boundary: whatever leaves a handler or one of its callbacks ends the call as a refusal or as
 * an incident. Handlers run inside the listener's callbacks, not inside {@code interceptCall}, so
 * both are wrapped.
 */
final class RefusalInterceptor implements ServerInterceptor {
  private final Failures failures;

  RefusalInterceptor(Failures failures) {
    this.failures = failures;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    OnceClosed<Q, R> once = new OnceClosed<>(call);
    Guarded<Q> guarded = new Guarded<>(once, failures);
    guarded.run(() -> guarded.inner = next.startCall(once, headers));
    return guarded;
  }

  /** Lets the first end win: a handler may have closed the call before it failed. */
  private static final class OnceClosed<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final AtomicBoolean closed = new AtomicBoolean();

    OnceClosed(ServerCall<Q, R> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }
  }

  private static final class Guarded<Q> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, ?> call;
    private final Failures failures;
    private ServerCall.Listener<Q> inner = new ServerCall.Listener<>() {};

    Guarded(ServerCall<Q, ?> call, Failures failures) {
      this.call = call;
      this.failures = failures;
    }

    private void run(Runnable callback) {
      try {
        callback.run();
      } catch (Throwable failure) {
        Failures.End end = failures.end(call.getMethodDescriptor().getFullMethodName(), failure);
        call.close(end.status(), end.trailers());
      }
    }

    @Override
    public void onMessage(Q message) {
      run(() -> inner.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(() -> inner.onHalfClose());
    }

    @Override
    public void onCancel() {
      run(() -> inner.onCancel());
    }

    @Override
    public void onComplete() {
      run(() -> inner.onComplete());
    }

    @Override
    public void onReady() {
      run(() -> inner.onReady());
    }
  }
}
