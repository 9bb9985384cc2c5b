package nixbroker.daemon.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Caller;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.secret.LibCrypto;
import nixbroker.sops.DataKey;
import nixbroker.sops.RuleOptions;
import nixbroker.sops.SopsException;
import nixbroker.sops.SopsFile;

/** A laptop with one tree that has one minted host, ganon, and an unlocked broker's rooms. */
final class Laptop implements AutoCloseable {
  static final TreeName HOME = TreeName.parse("home");
  static final HostName GANON = HostName.parse("ganon");
  static final String PASSPHRASE = "open sesame of ganon";

  final Path state;
  final Path tree;
  final SshEd25519Key brokerKey = SshEd25519Key.generate();
  final SshEd25519Key hostKey = SshEd25519Key.generate();
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T10:00:00Z"));
  private final InstantSource clock = now::get;
  private final String masterText;
  Ledger ledger;
  Seal seal;
  private Trees trees;
  Bundles bundles;

  Laptop(Path folder) throws Exception {
    LibCrypto.load(null);
    this.state = Files.createDirectory(folder.resolve("state"));
    this.tree = Files.createDirectory(folder.resolve("secrets"));
    git("init", "-q", "-b", "main");
    try (X25519Identity master = X25519Identity.generate()) {
      masterText = new String(master.encodedBytes(), StandardCharsets.US_ASCII);
      String recipient = master.recipient().text();
      write(
          ".nixbroker/ssh_host_key.yaml",
          recipient,
          Map.of("ssh_host_ed25519_key", pem(brokerKey)));
      Map<String, byte[]> install = new LinkedHashMap<>();
      install.put("ssh_host_ed25519_key", pem(hostKey));
      install.put("initrd_ssh_host_ed25519_key", pem(SshEd25519Key.generate()));
      install.put("disk_passphrase", PASSPHRASE.getBytes(StandardCharsets.UTF_8));
      write("hosts/ganon/install.yaml", recipient, install);
    }
    start(Optional.of("127.0.0.1:4022"));
    unlock();
  }

  private static byte[] pem(SshEd25519Key key) {
    return key.privateKeyFile("");
  }

  private void write(String path, String recipient, Map<String, byte[]> values)
      throws SopsException, IOException {
    try (DataKey key = DataKey.random()) {
      SopsFile file = SopsFile.create(values, RuleOptions.NONE, key, List.of(recipient), now.get());
      Path to = tree.resolve(path);
      Files.createDirectories(to.getParent());
      Files.write(to, file.bytes());
    }
  }

  private void git(String... words) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("git", "-C", tree.toString()));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private void start(Optional<String> address) {
    ledger = Ledger.open(state.resolve("ledger"), clock);
    seal = new Seal(new Seal.Settings(Duration.ofDays(99), Duration.ofDays(99)), ledger, clock);
    trees = new Trees(Map.of(HOME, tree), Path.of("git"), ledger);
    bundles =
        new Bundles(
            new Bundles.Settings(Duration.ofHours(24), address), state, trees, seal, ledger, clock);
  }

  void unlock() throws AgeException {
    byte[] text = masterText.getBytes(StandardCharsets.US_ASCII);
    seal.unlock(new HardwareKey("software key", 1, 0x82, true), X25519Identity.parse(text));
  }

  /** Stops, and starts sealed, as after a reboot. */
  void restart() {
    restart(Optional.of("127.0.0.1:4022"));
  }

  void restart(Optional<String> address) {
    close();
    start(address);
  }

  /** A ticket as its holder knows it. */
  record Held(String id, byte[] token, String text) {
    Caller.Installer caller() {
      return new Caller.Installer(id);
    }
  }

  Held issue() {
    String text =
        new String(
            bundles.issue(HOME, GANON, Optional.empty()).ticket(), StandardCharsets.US_ASCII);
    var json = JsonParser.parseString(text).getAsJsonObject();
    return new Held(
        json.get("bundle").getAsString(),
        Base64.getDecoder().decode(json.get("token").getAsString()),
        text);
  }

  void later(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  List<Event> events() {
    return ledger.entries().stream().map(Ledger.Entry::event).toList();
  }

  Bundles.State stateOf(Held ticket) {
    return bundles.list().stream()
        .filter(v -> v.id().equals(ticket.id()))
        .findFirst()
        .orElseThrow()
        .state();
  }

  static byte[] receipt(byte[] ciphertext, X25519Identity identity) throws AgeException {
    return Sha256.of(AgeFile.decrypt(ciphertext, identity));
  }

  @Override
  public void close() {
    seal.close();
    trees.close();
    ledger.close();
  }
}
