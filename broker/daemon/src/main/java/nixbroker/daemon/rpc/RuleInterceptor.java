package nixbroker.daemon.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;
import java.util.function.Supplier;
import nixbroker.daemon.policy.Action;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.Decision;
import nixbroker.daemon.policy.Policy;
import nixbroker.daemon.refusal.Refusal;

/** Decides every call before its handler sees it; a denied one ends as the refusal it is. */
final class RuleInterceptor implements ServerInterceptor {
  /** Who calls, for the endpoints. */
  static final Context.Key<Caller> CALLER = Context.key("nixbroker-caller");

  /** The network address an installer comes from; empty when unknown. */
  static final Context.Key<String> FROM = Context.key("nixbroker-from");

  private final MethodRules rules;
  private final Callers callers;
  private final Supplier<Optional<Refusal.Sealed>> sealed;
  private final DeniedCalls denied;

  RuleInterceptor(
      MethodRules rules,
      Callers callers,
      Supplier<Optional<Refusal.Sealed>> sealed,
      DeniedCalls denied) {
    this.rules = rules;
    this.callers = callers;
    this.sealed = sealed;
    this.denied = denied;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Action action = rules.of(call.getMethodDescriptor());
    Caller caller = callers.of(call.getAttributes());
    return switch (Policy.decide(caller, action, sealed.get())) {
      case Decision.Allow _, Decision.AllowWithTouch _ ->
          Contexts.interceptCall(
              Context.current()
                  .withValues(CALLER, caller, FROM, Callers.networkAddress(call.getAttributes())),
              call,
              headers,
              next);
      case Decision.Deny(var refusal) -> {
        denied.record(caller, action, refusal);
        throw refusal;
      }
    };
  }
}
