package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;

/** A git repository with a small tree in it, and a broker's trees over it. */
final class Sample implements AutoCloseable {
  static final Requester SOMEBODY = new Requester("", "", "", "", "", "", "", "", "");
  static final TreeName HOME = new TreeName("home");

  final Path top;
  final Path folder;
  final Path state;
  private Ledger ledger;
  private Trees trees;

  private Sample(Path top, Path folder, Path state) {
    this.top = top;
    this.folder = folder;
    this.state = state;
  }

  /** A repository in {@code base}/repo with .sops.yaml, common/a.yaml and run.sh committed. */
  static Sample in(Path base) throws IOException {
    return in(base, "");
  }

  static Sample in(Path base, String prefix) throws IOException {
    Files.createDirectories(base.resolve("repo"));
    Path top = base.toRealPath().resolve("repo");
    Sample sample = new Sample(top, top.resolve(prefix), base.toRealPath().resolve("state"));
    sample.git("init", "-q", "-b", "main");
    sample.identify();
    sample.write(".sops.yaml", "rules: old\n");
    sample.write("common/a.yaml", "a: old\n");
    sample.write("other.yaml", "other: old\n");
    sample.git("add", ".");
    sample.git("commit", "-q", "-m", "Start");
    return sample;
  }

  /** A copy of everything in {@code base}, which nobody may be using. */
  static Sample copy(Path base, Path to) throws IOException {
    run(base, List.of("cp", "-a", base.toString(), to.toString()));
    return over(to.resolve("repo"), to.resolve("repo"), to);
  }

  /** The same for a folder that exists. */
  static Sample over(Path folder, Path top, Path base) throws IOException {
    return new Sample(top.toRealPath(), folder.toRealPath(), base.toRealPath().resolve("state"));
  }

  void identify() {
    git("config", "user.name", "A Person");
    git("config", "user.email", "person@example.org");
  }

  /** Makes the ledger, so that a broker finds one. */
  void prepare() {
    trees();
    close();
  }

  Trees trees() {
    return trees(Path.of("git"));
  }

  Trees trees(Path git) {
    close();
    ledger = Ledger.open(state.resolve("ledger"), InstantSource.system());
    trees = new Trees(Map.of(HOME, folder), git, ledger);
    return trees;
  }

  Ledger ledger() {
    return ledger;
  }

  Tree tree() {
    return (trees == null ? trees() : trees).open(HOME);
  }

  /** Applies one change: path, content, path, content, … relative to the top. */
  String apply(String... pathsAndContents) {
    return tree().apply(change(pathsAndContents), SOMEBODY);
  }

  Tree.Change change(String... pathsAndContents) {
    Map<SecretPath, Optional<byte[]>> read = new HashMap<>();
    Map<SecretPath, byte[]> written = new HashMap<>();
    Tree tree = tree();
    for (int i = 0; i < pathsAndContents.length; i += 2) {
      SecretPath path = new SecretPath(pathsAndContents[i]);
      read.put(path, tree.read(path));
      written.put(path, bytes(pathsAndContents[i + 1]));
    }
    return new Tree.Change("Mint ganon\n\nfor a test\n", read, written);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Under the top. */
  void write(String path, String text) throws IOException {
    Path file = top.resolve(prefix()).resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String prefix() {
    return folder.startsWith(top) ? top.relativize(folder).toString() : "";
  }

  String read(String path) throws IOException {
    return Files.readString(top.resolve(path));
  }

  boolean has(String path) {
    return Files.exists(top.resolve(path), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  String git(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    return run(top, command);
  }

  static String run(Path folder, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
      return said;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (trees != null) {
      trees.close();
      ledger.close();
      trees = null;
    }
  }
}
