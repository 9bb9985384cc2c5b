package nixbroker.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.mint.Mint;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tunnel.Tunnel;
import nixbroker.daemon.web.HealthPage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AConfiguration {
  private static final Path FILE = Path.of("/etc/config.yaml");
  private static final String LEAST = "trees: {home: ~/secrets}\n";
  private static final Configuration.Places PLACES =
      places(Map.of("HOME", "/home/m", "XDG_RUNTIME_DIR", "/run/user/1000"));

  private static Configuration.Places places(Map<String, String> environment) {
    return new Configuration.Places(environment, Optional.empty());
  }

  private static Configuration of(String text) {
    return Configuration.of(ConfigFile.parse(FILE, text), PLACES);
  }

  private static StartFailure failureOf(String text) {
    return catchThrowableOfType(StartFailure.class, () -> of(text));
  }

  @Nested
  class ByDefault {
    private final Configuration configuration = of(LEAST);

    @Test
    void keepsItsStateUnderTheHome() {
      assertThat(configuration.state()).isEqualTo(Path.of("/home/m/.local/state/nixbroker"));
    }

    @Test
    void keepsItsStateWhereXdgSays() {
      var places = places(Map.of("HOME", "/home/m", "XDG_STATE_HOME", "/var/s"));
      assertThat(Configuration.of(ConfigFile.parse(FILE, LEAST), places).state())
          .isEqualTo(Path.of("/var/s/nixbroker"));
    }

    @Test
    void hasItsSocketWhereXdgSays() {
      assertThat(configuration.socket()).isEqualTo(Path.of("/run/user/1000/nixbroker/broker.sock"));
    }

    @Test
    void hasItsSocketUnderTheStateWithoutARuntimeFolder() {
      var file = ConfigFile.parse(FILE, LEAST + "state: /var/s\n");
      assertThat(Configuration.of(file, places(Map.of("HOME", "/home/m"))).socket())
          .isEqualTo(Path.of("/var/s/run/broker.sock"));
    }

    @Test
    void ignoresAnXdgVariableThatIsNotAbsolute() {
      var places = places(Map.of("HOME", "/home/m", "XDG_STATE_HOME", "here"));
      assertThat(places.state()).isEqualTo(Path.of("/home/m/.local/state/nixbroker"));
    }

    @Test
    void takesTheLinkersLibcryptoAndGitFromThePath() {
      assertThat(configuration.libcrypto()).isEmpty();
      assertThat(configuration.git()).isEqualTo(Path.of("git"));
    }

    @Test
    void hasTheseHardwareSettings() {
      assertThat(configuration.hardware())
          .isEqualTo(
              new Hardware.Settings(
                  Path.of("nb-card"),
                  Path.of("pinentry"),
                  Optional.empty(),
                  Duration.ofSeconds(60)));
    }

    @Test
    void takesTheHelperThatCameWithIt() {
      var places =
          new Configuration.Places(Map.of("HOME", "/h"), Optional.of(Path.of("/opt/nb/bin")));
      assertThat(Configuration.of(ConfigFile.parse(FILE, LEAST), places).hardware().helper())
          .isEqualTo(Path.of("/opt/nb/bin/nb-card"));
    }

    @Test
    void hasTheseSealSettings() {
      assertThat(configuration.seal())
          .isEqualTo(new Seal.Settings(Duration.ofHours(1), Duration.ofHours(8)));
    }

    @Test
    void hasTheseMintSettings() {
      assertThat(configuration.mint()).isEqualTo(new Mint.Settings(List.of("common/")));
    }

    @Test
    void hasTheseBundleSettings() {
      assertThat(configuration.bundle())
          .isEqualTo(new Bundles.Settings(Duration.ofHours(24), Optional.empty()));
    }

    @Test
    void hasNoTunnel() {
      assertThat(configuration.tunnel()).isEmpty();
    }

    @Test
    void hasNoHealthPage() {
      assertThat(configuration.health()).isEmpty();
    }

    @Test
    void isWhatTheDocumentedFileSays() throws IOException {
      try (var text = Broker.class.getResourceAsStream("config.yaml")) {
        String documented =
            new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(of(documented)).isEqualTo(of("trees: {home: ~/nixcfg/secrets}"));
      }
    }

    @Test
    void isDocumentedKeyByKey() throws IOException {
      try (var text = Broker.class.getResourceAsStream("config.yaml")) {
        String documented =
            new String(text.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        for (ConfigKey key : ConfigKey.values()) {
          String[] path = key.path().replace(".*", "").split("\\.");
          assertThat(documented).containsPattern("(?m)^[# ]*" + path[path.length - 1] + ":");
        }
      }
    }
  }

  @Nested
  class WithEveryKeySet {
    private final Configuration configuration =
        of(
            """
            trees: {home: ~/secrets, staging: /srv/staging}
            state: ~/state
            socket: /tmp/x/b.sock
            libcrypto: /lib/libcrypto.so.3
            git: /usr/bin/git
            hardware:
              helper: /opt/nb-card
              pinentry: pinentry-tty
              software-key: ~/soft
              timeout: PT30S
            seal: {idle: 30m, absolute: 1h30m}
            mint: {shared: [common, "base/"]}
            tunnel: {address: "laptop.lan:4022", listen: "0.0.0.0:4023"}
            bundle: {ttl: 2d}
            health: {port: 9464}
            """);

    @Test
    void hasTheTreesInTheirOrder() {
      assertThat(configuration.trees())
          .containsExactly(
              Map.entry(new TreeName("home"), Path.of("/home/m/secrets")),
              Map.entry(new TreeName("staging"), Path.of("/srv/staging")));
    }

    @Test
    void hasThePlaces() {
      assertThat(configuration.state()).isEqualTo(Path.of("/home/m/state"));
      assertThat(configuration.socket()).isEqualTo(Path.of("/tmp/x/b.sock"));
      assertThat(configuration.libcrypto()).contains(Path.of("/lib/libcrypto.so.3"));
      assertThat(configuration.git()).isEqualTo(Path.of("/usr/bin/git"));
    }

    @Test
    void hasTheHardwareSettings() {
      assertThat(configuration.hardware())
          .isEqualTo(
              new Hardware.Settings(
                  Path.of("/opt/nb-card"),
                  Path.of("pinentry-tty"),
                  Optional.of(Path.of("/home/m/soft")),
                  Duration.ofSeconds(30)));
    }

    @Test
    void hasTheSealSettings() {
      assertThat(configuration.seal())
          .isEqualTo(new Seal.Settings(Duration.ofMinutes(30), Duration.ofMinutes(90)));
    }

    @Test
    void hasTheMintSettings() {
      assertThat(configuration.mint()).isEqualTo(new Mint.Settings(List.of("common/", "base/")));
    }

    @Test
    void hasTheBundleSettings() {
      assertThat(configuration.bundle())
          .isEqualTo(new Bundles.Settings(Duration.ofDays(2), Optional.of("laptop.lan:4022")));
    }

    @Test
    void hasTheTunnelSettings() {
      assertThat(configuration.tunnel())
          .contains(new Tunnel.Settings(new InetSocketAddress("0.0.0.0", 4023)));
    }

    @Test
    void hasTheHealthSettings() {
      assertThat(configuration.health()).contains(new HealthPage.Settings(9464));
    }
  }

  @Nested
  class WithAMistake {
    @ParameterizedTest
    @CsvSource({
      "'seal: {idel: 1h}', seal.idel, seal.idle",
      "'tree: {home: /x}', tree, trees",
      "'soket: /x', soket, socket",
      "'hardware: {softwarekey: /x}', hardware.softwarekey, hardware.software-key",
      "'healthport: 1', healthport, health.port",
      "'seals: {idle: 1h}', seals, seal",
      "'seal.idle: 1h', seal.idle, seal.idle",
    })
    void namesTheNearestKnownKey(String text, String unknown, String known) {
      StartFailure failure = failureOf(LEAST + text);
      assertThat(failure).hasMessage("/etc/config.yaml:2: unknown key '" + unknown + "'");
      assertThat(failure.remedy()).isEqualTo("did you mean '" + known + "'?");
    }

    @ParameterizedTest
    @CsvSource({
      "'seal: {idle: soon}', seal.idle, a duration",
      "'seal: {idle: 0s}', seal.idle, a duration",
      "'seal: {idle: PT-1S}', seal.idle, a duration",
      "'seal: {idle: }', seal.idle, a duration",
      "'seal: {idle: [1h]}', seal.idle, a duration",
      "'seal: 1h', seal, a section with keys",
      "'state: state', state, a folder",
      "'socket: x.sock', socket, a file",
      "'git: bin/git', git, a program's name or path",
      "'health: {port: 70000}', health.port, a port from 0 to 65535",
      "'health: {port: -1}', health.port, a port from 0 to 65535",
      "'tunnel: {listen: 4022, address: a:1}', tunnel.listen, address:port",
      "'tunnel: {listen: \"lan:4022\", address: \"a:1\"}', tunnel.listen, address:port",
      "'tunnel: {listen: \"0.0.0.0:1\", address: x}', tunnel.address, host:port",
      "'mint: {shared: [../x]}', mint.shared, a list of folders of the tree",
      "'mint: {shared: [/x]}', mint.shared, a list of folders of the tree",
      "'mint: {shared: common}', mint.shared, a list of folders of the tree",
    })
    void namesKeyKindLineAndAnExample(String text, String key, String kind) {
      StartFailure failure = failureOf(LEAST + text);
      assertThat(failure)
          .hasMessageStartingWith("/etc/config.yaml:2: '" + key + "' must be " + kind);
      assertThat(failure.remedy()).isNotEmpty();
      assertThat(failure.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "trees:", "trees: {}", "state: /x", "# nothing\n"})
    void saysThatTreesAreNeeded(String text) {
      assertThat(failureOf(text))
          .hasMessageContaining("names no `trees`")
          .extracting(StartFailure::remedy)
          .asString()
          .contains("trees: {home: ~/nixcfg/secrets}");
    }

    @Test
    void namesATreeNameThatIsNone() {
      assertThat(failureOf("trees: {Home: /x}")).hasMessageContaining("not a tree name: 'Home'");
    }

    @Test
    void namesAKeyThatIsThereTwice() {
      assertThat(failureOf(LEAST + "state: /a\nstate: /b\n"))
          .hasMessage("/etc/config.yaml:3: 'state' is there twice");
    }

    @Test
    void namesTheLineThatIsNotYaml() {
      assertThat(failureOf(LEAST + "state: [\n")).hasMessageMatching("/etc/config.yaml:[23]: .*");
    }

    @Test
    void wantsBothHalvesOfTheTunnel() {
      assertThat(failureOf(LEAST + "tunnel: {listen: '0.0.0.0:4022'}"))
          .hasMessageContaining("needs both `address` and `listen`");
    }
  }

  @Nested
  class OnTheDisk {
    @TempDir Path folder;

    @Test
    void isFoundWhereXdgSays() throws IOException {
      Path file = folder.resolve("nixbroker/config.yaml");
      Files.createDirectories(file.getParent());
      Files.writeString(file, LEAST);
      var places = places(Map.of("HOME", "/home/m", "XDG_CONFIG_HOME", folder.toString()));
      assertThat(Configuration.load(Optional.empty(), places).trees()).hasSize(1);
    }

    @Test
    void thatIsMissingIsAnErrorWithAnExample() {
      var places = places(Map.of("HOME", folder.toString()));
      var failure =
          catchThrowableOfType(
              StartFailure.class, () -> Configuration.load(Optional.empty(), places));
      assertThat(failure).hasMessageContaining(folder + "/.config/nixbroker/config.yaml");
      assertThat(failure.remedy()).contains("trees: {home: ~/nixcfg/secrets}");
    }

    @Test
    void thatWasNamedAndIsMissingIsAnError() {
      Path file = folder.resolve("none.yaml");
      var failure =
          catchThrowableOfType(
              StartFailure.class, () -> Configuration.load(Optional.of(file), PLACES));
      assertThat(failure).hasMessageContaining(file.toString());
    }
  }

  @Test
  void takesADollarSignAsItIs() {
    assertThat(of(LEAST + "state: /x/${y}/$z\n").state()).isEqualTo(Path.of("/x/${y}/$z"));
  }

  @Test
  void mayShareNoFolder() {
    assertThat(of(LEAST + "mint: {shared: []}").mint().shared()).isEmpty();
  }
}
