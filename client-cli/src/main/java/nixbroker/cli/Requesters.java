package nixbroker.cli;

import java.util.Map;
import nixbroker.proto.v1.Requester;

/** What of this process's environment a request carries: for pinentry, and for an SSH agent. */
final class Requesters {
  private Requesters() {}

  static Requester forPinentry(Map<String, String> environment) {
    return from(environment).build();
  }

  /** Also for a request that commits. */
  static Requester forCommit(Map<String, String> environment) {
    return from(environment).setSshAuthSock(get(environment, "SSH_AUTH_SOCK")).build();
  }

  private static Requester.Builder from(Map<String, String> environment) {
    String tty = get(environment, "GPG_TTY");
    return Requester.newBuilder()
        .setTty(tty.isEmpty() ? Terminal.tty(0) : tty)
        .setTerm(get(environment, "TERM"))
        .setDisplay(get(environment, "DISPLAY"))
        .setWaylandDisplay(get(environment, "WAYLAND_DISPLAY"))
        .setXauthority(get(environment, "XAUTHORITY"))
        .setDbusSessionBusAddress(get(environment, "DBUS_SESSION_BUS_ADDRESS"))
        .setLcCtype(get(environment, "LC_CTYPE"))
        .setLcMessages(get(environment, "LC_MESSAGES"));
  }

  private static String get(Map<String, String> environment, String name) {
    return environment.getOrDefault(name, "");
  }
}
