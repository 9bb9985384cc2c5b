package nixbroker.daemon;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Every key of the configuration file: what its value is, and an example. */
enum ConfigKey {
  TREES("trees.*", "a folder", "~/nixcfg/secrets"),
  STATE("state", "a folder", "~/.local/state/nixbroker"),
  SOCKET("socket", "a file", "/run/user/1000/nixbroker/broker.sock"),
  LIBCRYPTO("libcrypto", "a file", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3"),
  GIT("git", "a program's name or path", "git"),
  HARDWARE_HELPER("hardware.helper", "a program's name or path", "/opt/nixbroker/bin/nb-card"),
  HARDWARE_PINENTRY("hardware.pinentry", "a program's name or path", "pinentry"),
  HARDWARE_SOFTWARE_KEY("hardware.software-key", "a file", "~/softkey.json"),
  HARDWARE_TIMEOUT("hardware.timeout", "a duration", "60s"),
  SEAL_IDLE("seal.idle", "a duration", "1h"),
  SEAL_ABSOLUTE("seal.absolute", "a duration", "8h"),
  MINT_SHARED("mint.shared", "a list of folders of the tree", "[common/]"),
  TUNNEL_ADDRESS("tunnel.address", "host:port", "10.0.0.7:4022"),
  TUNNEL_LISTEN("tunnel.listen", "address:port", "0.0.0.0:4022"),
  BUNDLE_TTL("bundle.ttl", "a duration", "24h"),
  HEALTH_PORT("health.port", "a port from 0 to 65535", "9464");

  private static final String ANY_NAME = ".*";
  private final String path;
  private final String kind;
  private final String example;

  ConfigKey(String path, String kind, String example) {
    this.path = path;
    this.kind = kind;
    this.example = example;
  }

  String path() {
    return path;
  }

  String kind() {
    return kind;
  }

  String example() {
    return example;
  }

  /** The key a path of the file stands for; a list's parts stand for the list. */
  static Optional<ConfigKey> of(String path) {
    return Arrays.stream(values()).filter(key -> key.matches(path)).findFirst();
  }

  private boolean matches(String given) {
    if (path.endsWith(ANY_NAME)) {
      String prefix = path.substring(0, path.length() - 1);
      return given.startsWith(prefix) && given.indexOf('.', prefix.length()) < 0;
    }
    return given.equals(path) || this == MINT_SHARED && given.matches(path + "\\.\\d+");
  }

  /** Whether a path is a section that holds keys, such as {@code seal}. */
  static boolean isSection(String given) {
    return Arrays.stream(values()).anyMatch(key -> key.path.startsWith(given + '.'));
  }

  /** The known key or section that is most like an unknown one. */
  static String nearest(String unknown) {
    return Arrays.stream(values())
        .map(key -> key.path.replace(ANY_NAME, ""))
        .flatMap(known -> known.contains(".") ? sectionToo(known) : Stream.of(known))
        .min((a, b) -> Integer.compare(distance(unknown, a), distance(unknown, b)))
        .orElseThrow();
  }

  private static Stream<String> sectionToo(String known) {
    return Stream.of(known, known.substring(0, known.indexOf('.')));
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
