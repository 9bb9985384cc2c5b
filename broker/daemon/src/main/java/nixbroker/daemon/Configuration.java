package nixbroker.daemon;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tunnel.Tunnel;
import nixbroker.daemon.web.HealthPage;

/**
 * Everything nbrokerd is told; the file that documents it is the resource {@code config.yaml}.
 *
 * @param trees folders of the secrets trees, in the file's order; at least one
 * @param state ledger, bundles and (by default) recovery.age
 * @param libcrypto empty: what the linker finds
 * @param git a program's name, or a path
 * @param tunnel empty: no SSH port, and no bundle can be issued
 * @param health empty: no page
 */
record Configuration(
    Map<TreeName, Path> trees,
    Path state,
    Path socket,
    Optional<Path> libcrypto,
    Path git,
    Hardware.Settings hardware,
    Seal.Settings seal,
    Mint.Settings mint,
    Bundles.Settings bundle,
    Optional<Tunnel.Settings> tunnel,
    Optional<HealthPage.Settings> health) {

  private static final String EXAMPLE = "trees: {home: ~/nixcfg/secrets}";

  /**
   * Where the machine keeps things.
   *
   * @param environment of the process: HOME and the XDG variables are read
   * @param programs the folder our own programs are in; empty: they are looked for on the PATH
   */
  record Places(Map<String, String> environment, Optional<Path> programs) {
    Path home() {
      return xdg("HOME").orElseGet(() -> Path.of(System.getProperty("user.home")));
    }

    Path configFile() {
      return xdg("XDG_CONFIG_HOME")
          .orElseGet(() -> home().resolve(".config"))
          .resolve("nixbroker/config.yaml");
    }

    Path state() {
      return xdg("XDG_STATE_HOME")
          .orElseGet(() -> home().resolve(".local/state"))
          .resolve("nixbroker");
    }

    Path socket(Path state) {
      return xdg("XDG_RUNTIME_DIR")
          .map(folder -> folder.resolve("nixbroker/broker.sock"))
          .orElseGet(() -> state.resolve("run/broker.sock"));
    }

    Path program(String name) {
      return programs.map(folder -> folder.resolve(name)).orElseGet(() -> Path.of(name));
    }

    /** The XDG specification says that a relative path counts as unset. */
    private Optional<Path> xdg(String variable) {
      return Optional.ofNullable(environment.get(variable))
          .filter(Predicate.not(String::isEmpty))
          .map(Path::of)
          .filter(Path::isAbsolute);
    }
  }

  /** Reads the file named, or the one at the usual place. */
  static Configuration load(Optional<Path> named, Places places) {
    Path path = named.orElseGet(places::configFile);
    if (named.isEmpty() && !Files.exists(path)) {
      throw new StartFailure(
          StartFailure.USAGE,
          "no configuration: " + path + " is not there, and at least `trees` is needed",
          "write into it, for example, " + EXAMPLE);
    }
    return of(ConfigFile.read(path), places);
  }

  static Configuration of(ConfigFile file, Places places) {
    var values = new ConfigValues(file, places.home());
    Path state = values.path("state").orElseGet(places::state);
    return new Configuration(
        trees(file, values),
        state,
        values.path("socket").orElseGet(() -> places.socket(state)),
        values.path("libcrypto"),
        values.program("git").orElse(Path.of("git")),
        new Hardware.Settings(
            values.program("hardware.helper").orElseGet(() -> places.program("nb-card")),
            values.program("hardware.pinentry").orElse(Path.of("pinentry")),
            values.path("hardware.software-key"),
            values.duration("hardware.timeout").orElse(Duration.ofSeconds(60))),
        new Seal.Settings(
            values.duration("seal.idle").orElse(Duration.ofHours(1)),
            values.duration("seal.absolute").orElse(Duration.ofHours(8))),
        new Mint.Settings(values.folders("mint.shared").orElse(List.of("common/"))),
        new Bundles.Settings(
            values.duration("bundle.ttl").orElse(Duration.ofHours(24)),
            values.reachable("tunnel.address")),
        tunnel(file, values),
        values.port("health.port").map(HealthPage.Settings::new));
  }

  private static Map<TreeName, Path> trees(ConfigFile file, ConfigValues values) {
    Map<TreeName, Path> trees = new LinkedHashMap<>();
    for (String name : file.names("trees")) {
      try {
        trees.put(TreeName.parse(name), values.path("trees." + name).orElseThrow());
      } catch (Refusal badName) {
        throw new StartFailure(
            StartFailure.USAGE, file.path() + ": " + badName.cause(), badName.remedy());
      }
    }
    if (trees.isEmpty()) {
      throw new StartFailure(
          StartFailure.USAGE, file.path() + " names no `trees`", "add, for example, " + EXAMPLE);
    }
    return trees;
  }

  /** An address that others reach needs a port that is listened on, and the other way round. */
  private static Optional<Tunnel.Settings> tunnel(ConfigFile file, ConfigValues values) {
    Optional<InetSocketAddress> listen = values.listening("tunnel.listen");
    if (listen.isPresent() != values.text("tunnel.address").isPresent()) {
      throw new StartFailure(
          StartFailure.USAGE,
          file.path() + ": `tunnel` needs both `address` and `listen`",
          "for example tunnel: {address: 10.0.0.7:4022, listen: 0.0.0.0:4022}");
    }
    return listen.map(Tunnel.Settings::new);
  }
}
