package nixbroker.daemon.rpc;

import io.grpc.BindableService;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nixbroker.daemon.refusal.Refusal;

/** What stands before every handler: the boundary for failures, then the decision who may call. */
final class Gate {
  private final Callers callers;
  private final Supplier<Optional<Refusal.Sealed>> sealed;
  private final DeniedCalls denied;
  private final Failures failures;

  Gate(
      Callers callers,
      Supplier<Optional<Refusal.Sealed>> sealed,
      DeniedCalls denied,
      Failures failures) {
    this.callers = callers;
    this.sealed = sealed;
    this.denied = denied;
    this.failures = failures;
  }

  /**
   * Puts services behind the gate.
   *
   * @throws IllegalStateException a method has no usable rule
   */
  List<ServerServiceDefinition> guard(List<BindableService> services) {
    List<ServerServiceDefinition> bound =
        services.stream().map(BindableService::bindService).toList();
    var boundary = new RefusalInterceptor(failures);
    var rule = new RuleInterceptor(new MethodRules(bound), callers, sealed, denied);
    return bound.stream()
        // Requests are parsed behind the interceptors, so that a malformed one is a refusal too.
        .map(ServerInterceptors::useInputStreamMessages)
        .map(service -> ServerInterceptors.interceptForward(service, boundary, rule))
        .toList();
  }
}
