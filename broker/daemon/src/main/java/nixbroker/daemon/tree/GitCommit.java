package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import nixbroker.daemon.policy.Requester;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * Makes commit objects in the repository's object store, with a bare git folder of our own: the
 * repository's configuration, hooks and index have no say, and no reference is touched.
 */
final class GitCommit {
  static final String FOLDER = "git";

  private final Repository repository;
  private final Stage stage;
  private final Map<String, String> identity;
  private final List<String> signing;

  private GitCommit(
      Repository repository, Stage stage, Map<String, String> identity, List<String> signing) {
    this.repository = repository;
    this.stage = stage;
    this.identity = identity;
    this.signing = signing;
  }

  /**
   * Reads who commits and whether that is signed.
   *
   * @throws Refusal.Declined GIT_IDENTITY_MISSING
   */
  static GitCommit of(Repository repository, Stage stage, Requester requester) {
    Map<String, String> all = new HashMap<>();
    Map<String, String> ofUser = new HashMap<>();
    for (Repository.Setting setting : repository.settings()) {
      all.put(setting.key(), setting.value());
      if (setting.ofUser()) {
        ofUser.put(setting.key(), setting.value());
      }
    }
    Map<String, String> identity = new HashMap<>();
    for (String role : List.of("author", "committer")) {
      for (String part : List.of("name", "email")) {
        identity.put(
            "GIT_" + (role + "_" + part).toUpperCase(Locale.ROOT),
            known(repository, all, role, part));
      }
    }
    if (!requester.sshAuthSock().isEmpty()) {
      identity.put("SSH_AUTH_SOCK", requester.sshAuthSock());
    }
    return new GitCommit(repository, stage, identity, signing(all, ofUser));
  }

  private static String known(
      Repository repository, Map<String, String> settings, String role, String part) {
    String value = settings.getOrDefault(role + "." + part, settings.get("user." + part));
    if (value == null || value.isBlank()) {
      throw new Refusal.Declined(
          Reason.GIT_IDENTITY_MISSING,
          "git does not know your "
              + part
              + ": user."
              + part
              + " is not set for "
              + repository.top(),
          "git config --global user."
              + part
              + (part.equals("email") ? " you@example.org" : " \"Your Name\""));
    }
    return value;
  }

  // What the repository itself says about signing could start its programs.
  private static List<String> signing(Map<String, String> all, Map<String, String> ofUser) {
    String sign = ofUser.getOrDefault("commit.gpgsign", "false").toLowerCase(Locale.ROOT);
    if (!List.of("true", "yes", "on", "1").contains(sign)) {
      return List.of();
    }
    List<String> options = new ArrayList<>();
    ofUser.forEach(
        (key, value) -> {
          if (key.startsWith("gpg.")) {
            options.addAll(List.of("-c", key + "=" + value));
          }
        });
    if (all.containsKey("user.signingkey")) {
      options.addAll(List.of("-c", "user.signingkey=" + all.get("user.signingkey")));
    }
    return options.isEmpty() ? List.of("-c", "gpg.format=openpgp") : options;
  }

  /** Writes the bare git folder of a stage; not durable, since recovery does not need it. */
  static void prepare(Repository repository, Stage stage) throws IOException {
    stage.folder().create(FOLDER);
    try (Folder folder = Folder.open(stage.path().resolve(FOLDER))) {
      folder.create("refs");
      folder.write("HEAD", ascii("ref: refs/heads/none\n"));
      boolean sha256 = repository.format().equals("sha256");
      folder.write(
          "config",
          ascii(
              "[core]\n\trepositoryformatversion = "
                  + (sha256 ? 1 : 0)
                  + "\n\tbare = true\n"
                  + (sha256 ? "[extensions]\n\tobjectFormat = sha256\n" : "")));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes the staged files as blobs. */
  void blobs(Manifest manifest) {
    String names =
        manifest.items().stream().map(i -> i.name() + "\n").collect(Collectors.joining());
    String ids = run(names, List.of("hash-object", "-w", "--no-filters", "--stdin-paths"));
    List<String> wanted = manifest.items().stream().map(Manifest.Item::newBlob).toList();
    if (!ids.lines().toList().equals(wanted)) {
      throw new Refusal.Declined(
          Reason.GIT_FAILED, "git hash-object stored something else than was staged", "git fsck");
    }
  }

  /** Makes a commit on another, or the first one; returns its id. */
  String on(String parent, Manifest manifest) {
    run("", parent.isEmpty() ? List.of("read-tree", "--empty") : List.of("read-tree", parent));
    String ours =
        manifest.items().stream()
            .map(item -> info(item.mode(), item.newBlob(), item))
            .collect(Collectors.joining());
    run(ours, List.of("update-index", "-z", "--index-info"));
    String tree = run("", List.of("write-tree", "--missing-ok")).strip();
    List<String> command = new ArrayList<>(List.of("-c", "i18n.commitEncoding=UTF-8"));
    command.addAll(signing);
    command.add("commit-tree");
    if (!signing.isEmpty()) {
      command.add("-S");
    }
    if (!parent.isEmpty()) {
      command.addAll(List.of("-p", parent));
    }
    command.add(tree);
    return run(manifest.message(), command).strip();
  }

  static String info(String mode, String blob, Manifest.Item item) {
    return mode + " " + blob + "\t" + item.path().text() + "\0";
  }

  private String run(String input, List<String> command) {
    Map<String, String> environment = new HashMap<>(identity);
    String folder = stage.path().resolve(FOLDER).toString();
    environment.put("GIT_DIR", folder);
    environment.put("GIT_INDEX_FILE", folder + "/index");
    environment.put("GIT_OBJECT_DIRECTORY", repository.objects().toString());
    return repository.git().output(stage.path(), environment, input, command);
  }
}
