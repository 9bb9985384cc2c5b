package nixbroker.daemon.rpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nixbroker.daemon.policy.Action;
import nixbroker.proto.v1.MethodRule;
import nixbroker.proto.v1.Rules;

/**
 * What every served method says about itself: read from the contract's method option, or for a
 * contract that is not ours from the table here. A method that says nothing keeps the daemon from
 * starting.
 */
final class MethodRules {
  /** Services whose contract is not ours, by full method name. */
  private static final Map<String, Action> FOREIGN =
      Map.of(
          "grpc.health.v1.Health/Check", forOperator("grpc.health.v1.Health/Check"),
          "grpc.health.v1.Health/List", forOperator("grpc.health.v1.Health/List"),
          "grpc.health.v1.Health/Watch", forOperator("grpc.health.v1.Health/Watch"));

  /** Methods that hold a conversation with the hardware key, which asks for the touch itself. */
  private static final Set<String> ASK_FOR_TOUCH =
      Set.of("nixbroker.v1.Operator/Init", "nixbroker.v1.Operator/Unlock");

  private final Map<String, Action> actions = new HashMap<>();

  /**
   * Reads the rules of all services.
   *
   * @throws IllegalStateException a method has no rule, an incomplete one, or one that nobody keeps
   */
  MethodRules(List<ServerServiceDefinition> services) {
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        Action action = action(method.getMethodDescriptor());
        actions.put(action.method(), action);
      }
    }
  }

  /** The rule of a served method. */
  Action of(MethodDescriptor<?, ?> method) {
    return Optional.ofNullable(actions.get(method.getFullMethodName()))
        .orElseThrow(() -> new IllegalStateException("a method was added after the start"));
  }

  private static Action action(MethodDescriptor<?, ?> method) {
    String name = method.getFullMethodName();
    Action action = FOREIGN.get(name);
    if (action == null) {
      action = declared(name, method);
    }
    if (action.presence() == Action.Presence.TOUCH && !ASK_FOR_TOUCH.contains(name)) {
      throw new IllegalStateException(name + " wants a touch and does not ask for it");
    }
    return action;
  }

  private static Action declared(String name, MethodDescriptor<?, ?> method) {
    if (!(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)
        || !schema.getMethodDescriptor().getOptions().hasExtension(Rules.rule)) {
      throw new IllegalStateException(name + " has no rule: who may call it, and when?");
    }
    MethodRule rule = schema.getMethodDescriptor().getOptions().getExtension(Rules.rule);
    return new Action(name, who(name, rule), rule.getWorksSealed(), presence(name, rule));
  }

  private static Action.Who who(String name, MethodRule rule) {
    return switch (rule.getCaller()) {
      case OPERATOR -> Action.Who.OPERATOR;
      case INSTALLER -> Action.Who.INSTALLER;
      case CALLER_KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException(name + " has a rule without a caller");
    };
  }

  private static Action.Presence presence(String name, MethodRule rule) {
    return switch (rule.getPresence()) {
      case NONE -> Action.Presence.NONE;
      case TOUCH -> Action.Presence.TOUCH;
      case PRESENCE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalStateException(name + " has a rule without a presence");
    };
  }

  private static Action forOperator(String method) {
    return new Action(method, Action.Who.OPERATOR, true, Action.Presence.NONE);
  }
}
