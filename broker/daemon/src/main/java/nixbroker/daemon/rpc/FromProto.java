package nixbroker.daemon.rpc;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.mint.Init;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.InitRequest;
import nixbroker.proto.v1.IssueBundleRequest;
import nixbroker.proto.v1.MintRequest;
import nixbroker.proto.v1.OutputLine;
import nixbroker.proto.v1.PhaseChange;
import nixbroker.proto.v1.ReportEvent;

/** Requests as the rooms know them; what is malformed is refused here. */
final class FromProto {
  private static final int LONGEST_VARIABLE = 4096;

  private FromProto() {}

  static Requester requester(nixbroker.proto.v1.Requester r) {
    return new Requester(
        variable(r.getTty()),
        variable(r.getTerm()),
        variable(r.getDisplay()),
        variable(r.getWaylandDisplay()),
        variable(r.getXauthority()),
        variable(r.getDbusSessionBusAddress()),
        variable(r.getLcCtype()),
        variable(r.getLcMessages()),
        variable(r.getSshAuthSock()));
  }

  /** A value that becomes part of a child's environment or of a line said to pinentry. */
  private static String variable(String value) {
    if (value.length() > LONGEST_VARIABLE || value.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw invalid("a variable of the requester's environment is not one printable line");
    }
    return value;
  }

  static Init.Request init(InitRequest r) {
    return new Init.Request(
        TreeName.parse(r.getTree()),
        requester(r.getRequester()),
        recoveryFile(r.getRecoveryFile()),
        r.getDryRun());
  }

  private static Optional<Path> recoveryFile(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw invalid("the recovery file needs an absolute path");
    }
    return Optional.of(Path.of(text));
  }

  static Mint.Request mint(MintRequest r) {
    return new Mint.Request(
        TreeName.parse(r.getTree()),
        HostName.parse(r.getHost()),
        r.getUsersList().stream().map(UserName::parse).toList(),
        List.copyOf(r.getOperatorsList()),
        r.getDryRun(),
        requester(r.getRequester()));
  }

  static Optional<Duration> ttl(IssueBundleRequest r) {
    if (r.getTtlSeconds() < 0 || r.getTtlSeconds() > Duration.ofDays(365).toSeconds()) {
      throw invalid("a bundle lives between one second and a year");
    }
    return r.getTtlSeconds() == 0
        ? Optional.empty()
        : Optional.of(Duration.ofSeconds(r.getTtlSeconds()));
  }

  static Bundles.Report report(ReportEvent event) {
    return switch (event.getEventCase()) {
      case PHASE -> {
        PhaseChange phase = event.getPhase();
        yield new Bundles.Report.Phase(
            phase.getPhase().name(), phase.getState().name(), phase.getDetail());
      }
      case OUTPUT -> {
        OutputLine line = event.getOutput();
        yield new Bundles.Report.Output(line.getPhase().name(), line.getStderr(), line.getText());
      }
      case EVENT_NOT_SET -> throw invalid("an event says nothing");
    };
  }

  static Refusal invalid(String cause) {
    return new Refusal.Usage(Reason.REQUEST_INVALID, cause, "");
  }
}
