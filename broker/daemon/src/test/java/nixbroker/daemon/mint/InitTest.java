package nixbroker.daemon.mint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.hardware.Desk;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.hardware.HardwareKey;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.Trees;
import nixbroker.secret.LibCrypto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitTest {
  private static final String RULES =
      """
      keys:
        - &admin_anna REPLACE-ME
      creation_rules:
        - path_regex: ^common/ # shared
          age:
            - *admin_anna
      """;

  @TempDir Path base;
  private Path folder;
  private Path state;
  private Hardware hardware;
  private Ledger ledger;
  private Trees trees;
  private Init init;

  @BeforeEach
  void begin() throws Exception {
    LibCrypto.load(null);
    folder = Files.createDirectories(base.resolve("secrets"));
    state = Files.createDirectories(base.resolve("state"));
    hardware = new Desk(Files.createDirectories(base.resolve("desk"))).hardware();
    git("init", "-q", "-b", "main");
    git("config", "user.email", "tests@example.org");
    git("config", "user.name", "Tests");
    Files.writeString(folder.resolve(".sops.yaml"), RULES);
    git("add", ".");
    git("commit", "-qm", "rules");
    ledger = Ledger.open(state, InstantSource.system());
    trees = new Trees(Map.of(SecretsTree.NAME, folder), Path.of("git"), ledger);
    init = new Init(state, trees, hardware, ledger, InstantSource.system());
  }

  @AfterEach
  void end() {
    trees.close();
    ledger.close();
  }

  private static class Told implements Init.Listener {
    private final List<String> events = new ArrayList<>();
    private Init.Plan plan;
    private String passphrase = "";

    @Override
    public void planned(Init.Plan told) {
      plan = told;
    }

    @Override
    public void recovery(byte[] told) {
      passphrase = new String(told, StandardCharsets.US_ASCII);
      events.add("recovery");
    }

    @Override
    public void pinNeeded(HardwareKey key, int tries) {
      events.add("pin");
    }

    @Override
    public void touchNeeded(HardwareKey key) {
      events.add("touch");
    }
  }

  private final Told told = new Told();

  private Optional<Init.Done> init(boolean dryRun) {
    return init.init(
        new Init.Request(SecretsTree.NAME, Desk.REQUESTER, Optional.empty(), dryRun), told);
  }

  @Test
  void makesOneCommitAndAnEncryptedRecoveryFile() throws Exception {
    Init.Done done = init(false).orElseThrow();

    assertThat(git("log", "--format=%H %s", "-1")).isEqualTo(done.commit() + " nixbroker: init");
    assertThat(git("status", "--porcelain")).isEmpty();
    assertThat(git("show", "--name-only", "--format=").lines())
        .containsExactly(
            ".nixbroker/identity.txt",
            ".nixbroker/master.age",
            ".nixbroker/ssh_host_key.yaml",
            ".sops.yaml");
    assertThat(Files.readString(state.resolve("recovery.age"), StandardCharsets.ISO_8859_1))
        .startsWith("age-encryption.org/v1\n-> scrypt ");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(state.resolve("recovery.age"))))
        .isEqualTo("rw-------");
  }

  @Test
  void putsTheMasterIntoEveryRuleAndItsOwnRuleFirst() throws Exception {
    Init.Done done = init(false).orElseThrow();

    assertThat(Files.readString(folder.resolve(".sops.yaml")).lines())
        .containsSubsequence(
            "  - &admin_anna REPLACE-ME",
            "  - &master " + done.master(),
            "creation_rules:",
            "  - path_regex: ^\\.nixbroker/.*\\.yaml$",
            "  - path_regex: ^common/ # shared",
            "      - *admin_anna",
            "      - *master");
  }

  @Test
  void makesAMasterThatUnlocksWithTheKeyAndOpensTheBrokersHostKey() throws Exception {
    Init.Done done = init(false).orElseThrow();
    var settings = new Seal.Settings(Duration.ofHours(1), Duration.ofHours(8));
    try (var seal = new Seal(settings, ledger, InstantSource.system())) {
      new Unlock(trees, hardware, seal).unlock(SecretsTree.NAME, Desk.REQUESTER, told);

      assertThat(seal.<String>withMaster(master -> master.recipient().text()))
          .isEqualTo(done.master());
      byte[] key = seal.withMaster(master -> master.encodedBytes());
      var sops =
          new ProcessBuilder("sops", "decrypt", ".nixbroker/ssh_host_key.yaml")
              .directory(folder.toFile());
      sops.environment().put("SOPS_AGE_KEY", new String(key, StandardCharsets.US_ASCII));
      Process process = sops.start();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("-----BEGIN OPENSSH PRIVATE KEY-----");
    }
  }

  @Test
  void givesAPassphraseOf144BitsThatOpensTheMasterWithStockAge() throws Exception {
    Init.Done done = init(false).orElseThrow();
    Path recovered = base.resolve("recovered.txt");
    var age = // the plugin takes the passphrase from the environment
        new ProcessBuilder(
            "age",
            "-d",
            "-j",
            "batchpass",
            "-o",
            recovered.toString(),
            state.resolve("recovery.age").toString());
    age.environment().put("AGE_PASSPHRASE", told.passphrase);

    assertThat(told.passphrase)
        .matches(
            "([b-df-hj-lnprstvx][eiou]){2}[b-df-hj-lnprstvx](-([b-df-hj-lnprstvx][eiou]){2}[b-df-hj-lnprstvx]){8}");
    assertThat(age.redirectErrorStream(true).start().waitFor()).isZero();
    assertThat(
            run(
                "age",
                "-d",
                "-i",
                recovered.toString(),
                folder.resolve(".nixbroker/master.age").toString()))
        .startsWith("# public key: " + done.master());
  }

  @Test
  void asksForTheTouchAndShowsItsPlanFirst() {
    init(false);

    assertThat(told.plan.rules()).isEqualTo(1);
    assertThat(told.plan.recoveryFile()).isEqualTo(state.resolve("recovery.age"));
    assertThat(told.plan.key().software()).isTrue();
    assertThat(told.events).contains("pin");
  }

  @Test
  void changesNothingWhenNobodyTakesThePassphrase() throws Exception {
    var gone =
        new Told() {
          @Override
          public void recovery(byte[] passphrase) {
            throw new Refusal.Conflict(Reason.REQUEST_INVALID, "the caller is gone", "");
          }
        };
    var request = new Init.Request(SecretsTree.NAME, Desk.REQUESTER, Optional.empty(), false);

    assertThatThrownBy(() -> init.init(request, gone)).isInstanceOf(Refusal.Conflict.class);
    assertThat(git("log", "--format=%s")).isEqualTo("rules");
    assertThat(state.resolve("recovery.age")).doesNotExist();
  }

  @Test
  void touchesNothingInADryRun() throws Exception {
    assertThat(init(true)).isEmpty();

    assertThat(git("status", "--porcelain")).isEmpty();
    assertThat(state.resolve("recovery.age")).doesNotExist();
    assertThat(told.events).isEmpty();
  }

  @Test
  void isRefusedASecondTime() {
    init(false);

    refused(Reason.ALREADY_INITIALISED);
  }

  @Test
  void refusesATreeWithFilesOfOtherKeysByName() throws Exception {
    Files.createDirectories(folder.resolve("common"));
    Files.writeString(
        folder.resolve("common/old.yaml"), "a: 1\nsops:\n    mac: x\n    version: 3.0.0\n");

    refused(Reason.TREE_HAS_OTHER_FILES);
  }

  @Test
  void refusesARecoveryFileInsideAWorkTree() {
    var request =
        new Init.Request(
            SecretsTree.NAME, Desk.REQUESTER, Optional.of(folder.resolve("recovery.age")), false);

    assertThatThrownBy(() -> init.init(request, told))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.reason()).isEqualTo(Reason.RECOVERY_FILE_REFUSED));
  }

  @Test
  void neverOverwritesARecoveryFile() throws Exception {
    Files.writeString(state.resolve("recovery.age"), "precious");

    refused(Reason.RECOVERY_FILE_REFUSED);
    assertThat(state.resolve("recovery.age")).hasContent("precious");
  }

  @Test
  void takesItsRecoveryFileBackWhenTheTreeCannotBeChanged() throws Exception {
    Files.writeString(folder.resolve(".sops.yaml"), RULES + "# edited\n");

    refused(Reason.UNCOMMITTED_CHANGES);
    assertThat(state.resolve("recovery.age")).doesNotExist();
  }

  @Test
  void startsARuleFileWhereThereIsNone() throws Exception {
    git("rm", "-q", ".sops.yaml");
    git("commit", "-qm", "no rules");
    init(false);

    assertThat(folder.resolve(".sops.yaml")).content().contains("&master age1");
  }

  private void refused(Reason reason) {
    assertThatThrownBy(() -> init(false))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  private String git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.strip();
  }
}
