package nixbroker.daemon.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nixbroker.daemon.policy.Action;
import nixbroker.daemon.refusal.Reason;
import nixbroker.proto.v1.InstallerGrpc;
import nixbroker.proto.v1.OperatorGrpc;
import nixbroker.proto.v1.RefusalReason;
import org.junit.jupiter.api.Test;

class TheContract {
  private static final BindableService OPERATOR = new OperatorGrpc.OperatorImplBase() {};
  private static final BindableService INSTALLER = new InstallerGrpc.InstallerImplBase() {};

  @Test
  void namesExactlyTheReasonsOfTheRooms() {
    Set<String> ours = Arrays.stream(Reason.values()).map(Enum::name).collect(Collectors.toSet());
    Set<String> contract =
        Arrays.stream(RefusalReason.values())
            .map(Enum::name)
            .filter(name -> !name.equals("REFUSAL_REASON_UNSPECIFIED"))
            .filter(name -> !name.equals("UNRECOGNIZED"))
            .collect(Collectors.toSet());
    assertThat(ours).isEqualTo(contract);
  }

  @Test
  void hasARuleForEveryMethod() {
    MethodRules rules = rules(OPERATOR, INSTALLER);
    assertThat(rules.of(OperatorGrpc.getMintMethod()))
        .isEqualTo(
            new Action(
                "nixbroker.v1.Operator/Mint", Action.Who.OPERATOR, false, Action.Presence.NONE));
    assertThat(rules.of(InstallerGrpc.getFetchMethod()))
        .isEqualTo(
            new Action(
                "nixbroker.v1.Installer/Fetch", Action.Who.INSTALLER, true, Action.Presence.NONE));
  }

  @Test
  void ofHealthHasItsRulesInTheTable() {
    assertThat(rules(new HealthStatusManager().getHealthService())).isNotNull();
  }

  @Test
  void withAMethodThatHasNoRuleKeepsTheBrokerFromStarting() {
    assertThatIllegalStateException()
        .isThrownBy(() -> rules(OPERATOR, ProtoReflectionServiceV1.newInstance()))
        .withMessageContaining("has no rule");
  }

  @Test
  void withAMethodOutsideProtobufKeepsTheBrokerFromStarting() {
    var method =
        OperatorGrpc.getStatusMethod().toBuilder()
            .setFullMethodName("nixbroker.v1.Operator/Secretly")
            .setSchemaDescriptor(null)
            .build();
    var service =
        ServerServiceDefinition.builder("nixbroker.v1.Operator")
            .addMethod(method, (_, _) -> null)
            .build();
    assertThatIllegalStateException()
        .isThrownBy(() -> new MethodRules(List.of(service)))
        .withMessageContaining("nixbroker.v1.Operator/Secretly has no rule");
  }

  private static MethodRules rules(BindableService... services) {
    return new MethodRules(Arrays.stream(services).map(BindableService::bindService).toList());
  }
}
