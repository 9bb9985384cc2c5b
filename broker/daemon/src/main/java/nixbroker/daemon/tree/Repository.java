package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * The git repository a tree is in. folder, top, gitFolder, objects, stages: absolute; stages: where
 * transactions put their new files; prefix: "" or "secrets/"; format: sha1 or sha256.
 */
record Repository(
    Git git,
    Path folder,
    Path top,
    String prefix,
    Path gitFolder,
    Path objects,
    Path stages,
    String format) {
  // Above this, naming the paths could exceed what an argument list may hold.
  private static final int NAMED = 100_000;

  /** mode: octal, as git writes it; blob: hex. */
  record Entry(String mode, String blob, boolean merged) {}

  /**
   * Finds the repository of a folder.
   *
   * @throws Refusal.Declined TREE_NOT_GIT, GIT_FAILED
   */
  static Repository of(Git git, Path configured) throws IOException {
    if (!Files.isDirectory(configured)) {
      throw notGit(
          "there is no folder " + configured, "make it, or mend trees: in the configuration");
    }
    Path folder = configured.toRealPath();
    List<String> command =
        List.of(
            "rev-parse",
            "--path-format=absolute",
            "--show-toplevel",
            "--show-prefix",
            "--absolute-git-dir",
            "--git-path",
            "objects",
            "--git-path",
            "nixbroker",
            "--show-object-format");
    Git.Result result = git.run(folder, Map.of(), "", command);
    if (result.err().contains("dubious ownership")) {
      throw Git.failed(command, result);
    }
    String[] lines = result.text().split("\n", -1);
    if (result.exit() != 0 || lines.length != 7) {
      throw notGit(folder + " is not in a git work tree", "git init " + folder);
    }
    Path top = Path.of(lines[0]);
    // A configuration may put the top elsewhere; then it is not the repository the folder is in.
    if (!Files.exists(top.resolve(".git"), LinkOption.NOFOLLOW_LINKS)
        || !top.resolve(lines[1]).normalize().equals(folder)) {
      throw notGit(
          folder + " is not under the top of its work tree", "unset core.worktree in " + lines[2]);
    }
    return new Repository(
        git,
        folder,
        top,
        lines[1],
        Path.of(lines[2]),
        Path.of(lines[3]),
        Path.of(lines[4]),
        lines[5]);
  }

  private static Refusal.Declined notGit(String cause, String remedy) {
    return new Refusal.Declined(Reason.TREE_NOT_GIT, cause, remedy);
  }

  String run(String input, List<String> command) {
    return git.output(top, environment(), input, command);
  }

  Map<String, String> environment() {
    return Map.of("GIT_DIR", gitFolder.toString(), "GIT_WORK_TREE", top.toString());
  }

  /** The commit HEAD is at; empty on a branch without commits. */
  String head() {
    List<String> command = List.of("rev-parse", "--quiet", "--verify", "HEAD^{commit}");
    Git.Result result = git.run(top, environment(), "", command);
    if (result.exit() == 0) {
      return result.text().strip();
    }
    List<String> branch = List.of("rev-parse", "--quiet", "--verify", "HEAD");
    if (result.exit() > 128 || git.run(top, environment(), "", branch).exit() == 0) {
      throw Git.failed(command, result);
    }
    // Without a commit there must be a branch that waits for one.
    run("", List.of("symbolic-ref", "HEAD"));
    return "";
  }

  /** What a commit holds at these paths; nothing for an empty commit. */
  Map<SecretPath, Entry> at(String commit, Collection<SecretPath> paths) {
    if (commit.isEmpty()) {
      return Map.of();
    }
    List<String> command = new ArrayList<>(List.of("ls-tree", "-z", "--full-tree"));
    List<String> named = named(paths);
    if (named.isEmpty()) {
      command.add("-r");
    }
    command.add(commit);
    command.addAll(named);
    return entries(run("", command), paths);
  }

  /** What the user's index holds at these paths. */
  Map<SecretPath, Entry> staged(Collection<SecretPath> paths) {
    List<String> command = new ArrayList<>(List.of("ls-files", "-s", "-z", "--"));
    command.addAll(named(paths));
    return entries(run("", command), paths);
  }

  private static List<String> named(Collection<SecretPath> paths) {
    List<String> named = paths.stream().map(SecretPath::text).toList();
    return named.stream().mapToInt(String::length).sum() > NAMED ? List.of() : named;
  }

  // "100644 blob ID<TAB>PATH" of ls-tree, "100644 ID STAGE<TAB>PATH" of ls-files.
  private static Map<SecretPath, Entry> entries(String output, Collection<SecretPath> paths) {
    Map<String, SecretPath> wanted = new HashMap<>();
    paths.forEach(path -> wanted.put(path.text(), path));
    Map<SecretPath, Entry> entries = new TreeMap<>();
    for (String line : output.split("\0")) {
      int tab = line.indexOf('\t');
      SecretPath path = wanted.get(line.substring(tab + 1));
      if (path != null) {
        String[] parts = line.substring(0, tab).split(" ");
        boolean fromTree = parts[2].length() > 1;
        entries.put(
            path,
            new Entry(parts[0], fromTree ? parts[2] : parts[1], fromTree || parts[2].equals("0")));
      }
    }
    return entries;
  }

  /** Values of the configuration: key in lower case as git prints it, the last one wins. */
  record Setting(String scope, String key, String value) {
    boolean ofUser() {
      return scope.equals("global") || scope.equals("system");
    }
  }

  List<Setting> settings() {
    String[] parts = run("", List.of("config", "--list", "-z", "--show-scope")).split("\0");
    List<Setting> settings = new ArrayList<>();
    for (int i = 0; i + 1 < parts.length; i += 2) {
      int end = parts[i + 1].indexOf('\n');
      // A key without a value is a switch that is on.
      settings.add(
          end < 0
              ? new Setting(parts[i], parts[i + 1], "true")
              : new Setting(
                  parts[i], parts[i + 1].substring(0, end), parts[i + 1].substring(end + 1)));
    }
    return settings;
  }

  /**
   * Writes entries into the user's index. Git then looks at the contents of files that were written
   * at the same time as the index, and would run the repository's filters for it.
   */
  void updateIndex(String entries) {
    Map<String, String> environment = new HashMap<>(environment());
    int count = 0;
    for (Setting setting : settings()) {
      if (setting.key().startsWith("filter.")) {
        environment.put("GIT_CONFIG_KEY_" + count, setting.key());
        environment.put(
            "GIT_CONFIG_VALUE_" + count, setting.key().endsWith(".required") ? "false" : "");
        count++;
      }
    }
    environment.put("GIT_CONFIG_COUNT", String.valueOf(count));
    git.output(top, environment, entries, List.of("update-index", "-z", "--index-info"));
  }

  /** Moves HEAD, or what it points to, if it still is at {@code from}; empty: no commit. */
  boolean moveHead(String to, String from, String why) {
    String none = "0".repeat(format.equals("sha256") ? 64 : 40);
    List<String> command =
        to.isEmpty()
            ? List.of("update-ref", "-m", why, "-d", "HEAD", from)
            : List.of("update-ref", "-m", why, "HEAD", to, from.isEmpty() ? none : from);
    List<String> durable = new ArrayList<>(List.of("-c", "core.fsync=reference"));
    durable.addAll(command);
    Git.Result result = git.run(top, environment(), "", durable);
    if (result.exit() == 0) {
      return true;
    }
    if (head().equals(from)) {
      throw Git.failed(durable, result);
    }
    return false;
  }

  /** Where the nearest .sops.yaml is: in the folder, else above it, up to the top. */
  Optional<SecretPath> sopsConfig() {
    for (String at = prefix; ; at = at.substring(0, at.lastIndexOf('/', at.length() - 2) + 1)) {
      String name = at + ".sops.yaml";
      if (Files.exists(top.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(new SecretPath(name));
      }
      if (at.isEmpty()) {
        return Optional.empty();
      }
    }
  }
}
