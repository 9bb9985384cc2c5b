package nixbroker.daemon.mint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;

/**
 * A secrets tree in a git repository, encrypted by stock sops, with an unlocked master: what a
 * minting starts from.
 */
final class SecretsTree implements AutoCloseable {
  static final TreeName NAME = TreeName.parse("home");
  static final Requester NOBODY = new Requester("", "", "", "", "", "", "", "", "");

  static {
    nixbroker.secret.LibCrypto.load(null);
  }

  final Path folder;
  final X25519Identity master = X25519Identity.generate();
  final X25519Identity admin = X25519Identity.generate();
  final X25519Identity mbp = X25519Identity.generate();
  final Ledger ledger;
  final Trees trees;
  final Seal seal;
  final Mint mint;

  /**
   * Lays out the files of a listing "path: text" and commits them; .sops.yaml may use MASTER, ADMIN
   * and MBP.
   */
  SecretsTree(Path base, String sopsConfig, Map<String, String> encrypted) throws Exception {
    folder = Files.createDirectories(base.resolve("secrets"));
    git("init", "-q", "-b", "main");
    git("config", "user.email", "tests@example.org");
    git("config", "user.name", "Tests");
    write(".sops.yaml", filled(sopsConfig));
    for (var file : encrypted.entrySet()) {
      write(file.getKey(), file.getValue());
      run(folder, "sops", "encrypt", "-i", file.getKey());
    }
    git("add", ".");
    git("commit", "-q", "-m", "tree");
    ledger = Ledger.open(Files.createDirectories(base.resolve("state")), InstantSource.system());
    trees = new Trees(Map.of(NAME, folder), Path.of("git"), ledger);
    seal =
        new Seal(
            new Seal.Settings(Duration.ofHours(1), Duration.ofHours(8)),
            ledger,
            InstantSource.system());
    byte[] key = master.encodedBytes();
    seal.unlock(new HardwareKey("software key", 1, 0x82, true), X25519Identity.parse(key));
    mint =
        new Mint(
            new Mint.Settings(List.of("common/")), trees, seal, ledger, InstantSource.system());
  }

  private String filled(String text) {
    return text.replace("MASTER", master.recipient().text())
        .replace("ADMIN", admin.recipient().text())
        .replace("MBP", mbp.recipient().text());
  }

  void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  String read(String path) throws IOException {
    return Files.readString(folder.resolve(path));
  }

  void encryptAndCommit(String path) throws Exception {
    run(folder, "sops", "encrypt", "-i", path);
    git("add", path);
    git("commit", "-q", "-m", path);
  }

  /** What somebody with a key of the file can do to it with stock sops. */
  void addRecipient(String path, X25519Identity who) throws Exception {
    var builder =
        new ProcessBuilder("sops", "rotate", "-i", "--add-age", who.recipient().text(), path)
            .directory(folder.toFile());
    builder
        .environment()
        .put("SOPS_AGE_KEY", new String(master.encodedBytes(), StandardCharsets.US_ASCII));
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    git("commit", "-qam", "somebody else");
  }

  /** What a minting told: its plan, its progress and its result. */
  static final class Told implements Mint.Listener {
    Mint.Plan plan;
    Optional<Mint.Minted> minted = Optional.empty();
    final List<String> progress = new ArrayList<>();

    @Override
    public void planned(Mint.Plan told) {
      plan = told;
    }

    @Override
    public void progress(String what, int done, int total, String path) {
      progress.add("[" + done + "/" + total + "] " + what + " " + path);
    }
  }

  Told mint(String host, String... users) {
    return mint(host, List.of(), false, users);
  }

  Told mint(String host, List<String> operators, boolean dryRun, String... users) {
    Told told = new Told();
    told.minted =
        mint.mint(
            new Mint.Request(
                NAME,
                HostName.parse(host),
                List.of(users).stream().map(UserName::parse).toList(),
                operators,
                dryRun,
                NOBODY),
            told);
    return told;
  }

  String git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(folder, command.toArray(String[]::new));
  }

  String head() throws Exception {
    return git("rev-parse", "HEAD");
  }

  /** The exit code of stock sops opening a file with one identity and nothing else. */
  int sops(X25519Identity with, String path) throws Exception {
    return sops(new String(with.encodedBytes(), StandardCharsets.US_ASCII), path).code();
  }

  record Out(int code, String text) {}

  Out sops(String identity, String path) throws Exception {
    var builder = new ProcessBuilder("sops", "decrypt", path).directory(folder.toFile());
    builder.environment().put("SOPS_AGE_KEY", identity);
    builder.environment().put("HOME", folder.getParent().toString());
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Out(process.waitFor(), text);
  }

  private static String run(Path in, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + text).isZero();
    return text.strip();
  }

  @Override
  public void close() {
    seal.close();
    trees.close();
    ledger.close();
    master.close();
    admin.close();
    mbp.close();
  }
}
