package nixbroker.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A home with everything a broker needs: the shipped programs' configuration, a software key, a
 * pinentry, and a secrets tree whose files one operator can open with stock sops.
 */
final class World {
  private static final String RULES =
      """
      keys:
        - &admin_michael OPERATOR
      creation_rules:
        # people
        - path_regex: ^users/michael/.*\\.yaml$
          key_groups:
            - age:
                - *admin_michael
        # everybody
        - path_regex: ^common/.*\\.yaml$
          key_groups:
            - age:
                - *admin_michael
        - path_regex: ^hosts/.*\\.yaml$
          key_groups:
            - age:
                - *admin_michael
      """;

  final Path home;
  final Path top;
  final Path tree;

  World(Path home) {
    this.home = home;
    this.top = home.resolve("nixcfg");
    this.tree = top.resolve("secrets");
  }

  World copy(Path to) throws Exception {
    run(home, "cp", "-a", home.toString(), to.toString());
    return new World(to);
  }

  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", home.toString());
    environment.put("XDG_CONFIG_HOME", home.resolve(".config").toString());
    environment.put("XDG_STATE_HOME", home.resolve(".local/state").toString());
    environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
    environment.put("SOPS_AGE_KEY_FILE", home.resolve("operator.txt").toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("LC_ALL", "C.UTF-8");
    return environment;
  }

  Dist.Ended tried(Path folder, String... words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Dist.Ended(process.waitFor(), out);
  }

  String run(Path folder, String... words) throws Exception {
    Dist.Ended ended = tried(folder, words);
    if (ended.code() != 0) {
      throw new AssertionError(List.of(words) + " ended with " + ended.code() + ": " + ended.out());
    }
    return ended.out();
  }

  String git(String... words) throws Exception {
    return run(top, Stream.concat(Stream.of("git"), Stream.of(words)).toArray(String[]::new));
  }

  static String program(String name) {
    return Dist.folder().resolve(name).toString();
  }

  Dist.Ended nbctl(String... words) throws Exception {
    return tried(
        tree,
        Stream.concat(Stream.of(program("bin/nbctl")), Stream.of(words)).toArray(String[]::new));
  }

  /** Initialised, with encrypted files, everything committed, no broker running. */
  static World prepared(Path home) throws Exception {
    World world = new World(Files.createDirectory(home));
    world.configure();
    world.plant();
    try (RunningBroker broker = RunningBroker.start(world)) {
      String init = program("bin/nbctl") + " init --yes --recovery-passphrase-fd 9 9>/dev/null";
      world.run(world.tree, "sh", "-c", init);
      for (String file :
          List.of("common/wifi.yaml", "common/mail.yaml", "users/michael/git.yaml")) {
        world.run(world.tree, "sops", "encrypt", "--in-place", file);
      }
      world.git("add", ".");
      world.git("commit", "-q", "-m", "Secrets");
      broker.stop();
    }
    return world;
  }

  private void configure() throws Exception {
    for (String folder : List.of(".config/nixbroker", ".local/state", "run")) {
      Files.createDirectories(home.resolve(folder));
    }
    Files.setPosixFilePermissions(
        home.resolve("run"), PosixFilePermissions.fromString("rwx------"));
    run(home, "git", "config", "--global", "user.name", "Michael");
    run(home, "git", "config", "--global", "user.email", "michael@example.invalid");
    run(home, program("dev/nb-card"), "create", home.resolve("software-key").toString());
    Path pinentry = home.resolve("pinentry");
    Files.writeString(
        pinentry,
        """
        #!/bin/sh
        echo "OK ready"
        while read -r word rest; do
          case $word in
            GETPIN) echo "D 123456"; echo OK ;;
            BYE) echo OK; exit 0 ;;
            *) echo OK ;;
          esac
        done
        """);
    Files.setPosixFilePermissions(pinentry, PosixFilePermissions.fromString("rwx------"));
    String libcrypto = System.getenv("NB_LIBCRYPTO");
    Files.writeString(
        home.resolve(".config/nixbroker/config.yaml"),
        "trees: {home: ~/nixcfg/secrets}\n"
            + "hardware: {helper: "
            + program("dev/nb-card")
            + ", pinentry: ~/pinentry, software-key: ~/software-key}\n"
            + (libcrypto == null ? "" : "libcrypto: " + libcrypto + "\n"));
  }

  private void plant() throws Exception {
    String operator = run(home, "age-keygen", "-o", home.resolve("operator.txt").toString());
    String recipient = operator.substring(operator.indexOf("age1")).strip();
    write(".sops.yaml", RULES.replace("OPERATOR", recipient));
    write("common/wifi.yaml", "# the network at home\nssid: nowhere\npassword: not-a-secret\n");
    write("common/mail.yaml", "user: nobody\npassword: not-a-secret-either\n");
    write("users/michael/git.yaml", "token: obviously-fake\n");
    run(home, "git", "init", "-q", "-b", "main", top.toString());
    git("add", "secrets/.sops.yaml");
    git("commit", "-q", "-m", "Rules");
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(tree.resolve(path).getParent());
    Files.writeString(tree.resolve(path), text);
  }
}
