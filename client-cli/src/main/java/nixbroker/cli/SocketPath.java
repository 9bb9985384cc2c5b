package nixbroker.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the broker's socket is: `--socket`, NBROKER_SOCKET, the runtime folder, the state folder.
 */
final class SocketPath {
  /** sun_path holds 108 bytes with its terminator (unix(7)). */
  private static final int LONGEST = 107;

  private SocketPath() {}

  /** option: null when not given. Empty variables count as unset. */
  static Path find(String option, Map<String, String> environment) {
    Path path = choose(option, environment).toAbsolutePath();
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw Failure.usage(
          "the socket's path has " + length + " bytes, and a socket may have 107: " + path,
          "name a shorter one in the configuration (`socket:`) and with --socket");
    }
    return path;
  }

  private static Path choose(String option, Map<String, String> environment) {
    if (option != null) {
      return Path.of(option);
    }
    String socket = environment.getOrDefault("NBROKER_SOCKET", "");
    if (!socket.isEmpty()) {
      return Path.of(socket);
    }
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (!runtime.isEmpty()) {
      return Path.of(runtime, "nixbroker", "broker.sock");
    }
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    Path states =
        state.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", "/"), ".local", "state")
            : Path.of(state);
    return states.resolve("nixbroker/run/broker.sock");
  }
}
