package nixbroker.daemon.mint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MintTest {
  static final String RULES =
      """
      # who is who
      keys:
        - &master MASTER
        - &admin_anna ADMIN # the second operator
        - &host_mbp MBP
      creation_rules:
        # what every machine may read
        - path_regex: ^common/
          key_groups:
            - age:
                - *master
                - *admin_anna
                - *host_mbp
        - path_regex: ^hosts/mbp/
          key_groups:
            - age: [*master, *admin_anna, *host_mbp]
        - path_regex: ^hosts/
          key_groups:
            - age:
                - *master
                - *admin_anna
        - path_regex: ^users/michael/
          key_groups:
            - age:
                - *master
                - *admin_anna
      """;

  @TempDir Path base;
  SecretsTree tree;

  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("common/wifi.yaml", "# the wifi\nssid: home\npsk: fake-psk\n");
    files.put("common/services.yaml", "smtp:\n    password: fake\n");
    files.put("hosts/mbp/secrets.yaml", "token: fake\n");
    files.put("users/michael/tokens.yaml", "github: fake\n");
    return files;
  }

  SecretsTree tree(String rules) throws Exception {
    tree = new SecretsTree(base, rules, files());
    return tree;
  }

  @AfterEach
  void close() {
    if (tree != null) {
      tree.close();
    }
  }

  @Nested
  class AMintedHost {
    SecretsTree.Told told;
    String before;

    @BeforeEach
    void mint() throws Exception {
      before = tree(RULES).head();
      told = tree.mint("ganon", "michael");
    }

    @Test
    void isOneCommit() throws Exception {
      assertThat(tree.git("rev-list", before + "..HEAD").lines()).hasSize(1);
      assertThat(tree.git("log", "-1", "--format=%s")).isEqualTo("nixbroker: mint ganon (michael)");
      assertThat(tree.git("status", "--porcelain")).isEmpty();
      assertThat(told.minted.orElseThrow().commit()).isEqualTo(tree.head());
    }

    @Test
    void hasItsKeysInAFileThatNoHostReads() throws Exception {
      String opened = opened("hosts/ganon/install.yaml");

      assertThat(opened)
          .contains("ssh_host_ed25519_key: |")
          .contains("initrd_ssh_host_ed25519_key: |")
          .contains("disk_passphrase: ");
      assertThat(tree.sops(hostIdentity(), "hosts/ganon/install.yaml").code()).isNotZero();
      assertThat(tree.sops(tree.mbp, "hosts/ganon/install.yaml")).isNotZero();
      assertThat(tree.sops(tree.admin, "hosts/ganon/install.yaml")).isZero();
    }

    @Test
    void readsItsOwnFileAndTheSharedOnesAndNoOther() throws Exception {
      for (String path :
          List.of("hosts/ganon/secrets.yaml", "common/wifi.yaml", "common/services.yaml")) {
        assertThat(tree.sops(hostIdentity(), path).code()).as(path).isZero();
      }
      assertThat(tree.sops(hostIdentity(), "hosts/mbp/secrets.yaml").code()).isNotZero();
      assertThat(tree.sops(hostIdentity(), "users/michael/tokens.yaml").code()).isNotZero();
    }

    @Test
    void givesTheUserAKeyThatReadsTheUsersFilesAndNoOther() throws Exception {
      String key =
          opened("hosts/ganon/secrets.yaml")
              .lines()
              .filter(line -> line.contains("AGE-SECRET-KEY-1"))
              .map(line -> line.substring(line.indexOf("AGE-SECRET-KEY-1")))
              .findFirst()
              .orElseThrow();

      assertThat(tree.sops(key, "users/michael/tokens.yaml").code()).isZero();
      assertThat(tree.sops(key, "common/wifi.yaml").code()).isNotZero();
    }

    @Test
    void addsOnlyLinesToTheRules() throws Exception {
      String diff = tree.git("diff", before, "--", ".sops.yaml");

      assertThat(diff.lines().filter(line -> line.startsWith("-") && !line.startsWith("---")))
          .isEmpty();
      assertThat(diff)
          .contains("+  - &host_ganon age1")
          .contains("+  - &user_michael_ganon age1")
          .contains("+  - path_regex: ^hosts/ganon/install\\.yaml$")
          .contains("+  - path_regex: ^hosts/ganon/");
    }

    @Test
    void leavesSharedFilesAsTheyWereButForTheSopsBlock() throws Exception {
      String old = tree.git("show", before + ":common/wifi.yaml");
      String now = tree.read("common/wifi.yaml");

      assertThat(now.substring(0, now.indexOf("sops:")))
          .isEqualTo(old.substring(0, old.indexOf("sops:")));
      assertThat(tree.git("diff", before, "--", "common/wifi.yaml").lines())
          .noneMatch(line -> line.startsWith("-") && !line.startsWith("---"));
    }

    @Test
    void isInStepWithTheRulesForStockSops() throws Exception {
      for (String path :
          List.of(
              "hosts/ganon/install.yaml",
              "hosts/ganon/secrets.yaml",
              "common/wifi.yaml",
              "users/michael/tokens.yaml")) {
        String identity = new String(tree.master.encodedBytes(), StandardCharsets.US_ASCII);
        var builder =
            new ProcessBuilder("sops", "updatekeys", "-y", path).directory(tree.folder.toFile());
        builder.environment().put("SOPS_AGE_KEY", identity);
        Process process = builder.redirectErrorStream(true).start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .contains("already up to date");
      }
    }

    @Test
    void toldItsPlanFirstAndEachRekeyedFile() {
      assertThat(told.plan.newFiles())
          .containsOnlyKeys("hosts/ganon/install.yaml", "hosts/ganon/secrets.yaml");
      assertThat(told.plan.newAnchors()).containsExactly("host_ganon", "user_michael_ganon");
      assertThat(told.plan.gains().get("host_ganon"))
          .containsExactly("hosts/ganon/secrets.yaml", "common/services.yaml", "common/wifi.yaml");
      assertThat(told.plan.gains().get("user_michael_ganon"))
          .containsExactly("users/michael/tokens.yaml");
      assertThat(told.plan.transitive())
          .containsExactly("host_ganon reads users/michael/tokens.yaml through user_michael_ganon");
      assertThat(told.progress).hasSize(3).last().asString().startsWith("[3/3] rekeyed ");
    }

    @Test
    void isNotMintedASecondTime() throws Exception {
      String head = tree.head();
      var again = tree.mint("ganon", "michael");

      assertThat(again.plan.unchanged()).isTrue();
      assertThat(again.plan.commit()).isEqualTo(head);
      assertThat(again.minted).isEmpty();
      assertThat(tree.head()).isEqualTo(head);
    }

    @Test
    void takesASecondUserLater() throws Exception {
      String installed = tree.read("hosts/ganon/install.yaml");
      var again = tree.mint("ganon", "michael", "anna");

      assertThat(again.minted).isPresent();
      assertThat(opened("hosts/ganon/secrets.yaml")).contains("michael_ganon", "anna_ganon");
      assertThat(tree.read("hosts/ganon/install.yaml")).isEqualTo(installed);
      assertThat(tree.read(".sops.yaml")).contains("path_regex: ^users/anna/");
      assertThat(tree.mint("ganon", "michael", "anna").plan.unchanged()).isTrue();
    }

    @Test
    void leavesASecondHostWithASimilarNameAlone() throws Exception {
      tree.mint("ganon2");

      assertThat(tree.read(".sops.yaml")).contains("&host_ganon age1", "&host_ganon2 age1");
      assertThat(tree.mint("ganon", "michael").plan.unchanged()).isTrue();
    }

    private String opened(String path) throws Exception {
      var out = tree.sops(new String(tree.master.encodedBytes(), StandardCharsets.US_ASCII), path);
      assertThat(out.code()).as(out.text()).isZero();
      return out.text();
    }

    private String hostIdentity() throws Exception {
      String text = opened("hosts/ganon/install.yaml");
      int from = text.indexOf("ssh_host_ed25519_key: |");
      String pem =
          text.substring(text.indexOf("-----BEGIN", from), text.indexOf("-----END", from))
                  .lines()
                  .map(String::strip)
                  .reduce("", (a, b) -> a + b + "\n")
              + "-----END OPENSSH PRIVATE KEY-----\n";
      try (var key = SshEd25519Key.parse(pem.getBytes(StandardCharsets.US_ASCII));
          var identity = key.identity()) {
        return new String(identity.encodedBytes(), StandardCharsets.US_ASCII);
      }
    }
  }

  @Test
  void thePlanSaysWhoReadsEachNewFile() throws Exception {
    var told = tree(RULES).mint("ganon", List.of(), true, "michael");

    assertThat(told.plan.readers())
        .containsEntry("hosts/ganon/install.yaml", List.of("master", "admin_anna"))
        .containsEntry("hosts/ganon/secrets.yaml", List.of("master", "admin_anna", "host_ganon"));
  }

  @Test
  void aNewUserKeyIsNotReadByMachinesThatReadOtherFilesOfTheHostsFolder() throws Exception {
    tree(RULES.replace("- path_regex: ^hosts/mbp/", "- path_regex: ^hosts/(mbp|ganon)/"));
    tree.write("hosts/ganon/older.yaml", "token: fake\n");
    tree.encryptAndCommit("hosts/ganon/older.yaml");
    tree.mint("ganon", "michael");

    assertThat(tree.sops(tree.mbp, "hosts/ganon/secrets.yaml")).isNotZero();
    assertThat(tree.sops(tree.mbp, "hosts/ganon/install.yaml")).isNotZero();
    assertThat(tree.sops(tree.mbp, "hosts/ganon/older.yaml")).isZero();
  }

  @Test
  void newValuesAreNotPutIntoAFileThatSomebodyNotNamedCanOpen() throws Exception {
    tree(RULES).mint("ganon", "michael");
    tree.addRecipient("hosts/ganon/secrets.yaml", tree.mbp);

    assertThatThrownBy(() -> tree.mint("ganon", "michael", "anna"))
        .isInstanceOfSatisfying(
            Refusal.class, r -> assertThat(r.reason()).isEqualTo(Reason.UNEXPECTED_RECIPIENT));
  }

  @Test
  void aServerAnchorIsAHostAndNoOperator() throws Exception {
    tree(
        RULES
            .replace("host_mbp", "server_mbp")
            .replace("- path_regex: ^hosts/mbp/", "- path_regex: ^hosts/"));
    tree.mint("ganon");

    assertThat(tree.sops(tree.mbp, "hosts/ganon/install.yaml")).isNotZero();
  }

  @Test
  void aDryRunTouchesNothing() throws Exception {
    String head = tree(RULES).head();
    var told = tree.mint("ganon", List.of(), true, "michael");

    assertThat(told.plan.rekeyed()).hasSize(3);
    assertThat(told.minted).isEmpty();
    assertThat(tree.head()).isEqualTo(head);
    assertThat(tree.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void aTreeWithoutRulesIsSentToInit() throws Exception {
    tree(RULES);
    Files.delete(tree.folder.resolve(".sops.yaml"));

    refused(Reason.SOPS_CONFIG_MISSING, "nbctl init");
  }

  @Test
  void rulesThatAreNoYamlAreRefusedWithTheirLine() throws Exception {
    tree(RULES).write(".sops.yaml", "keys: [\ncreation_rules: }\n");

    refused(Reason.SOPS_CONFIG_MALFORMED, ".sops.yaml");
  }

  @Test
  void aHostThatNoRuleIsForNeedsOperatorsByName() throws Exception {
    tree(RULES.replace("- path_regex: ^hosts/\n", "- path_regex: ^machines/\n"));

    refused(Reason.NO_OPERATORS, "--operators");
    assertThat(tree.mint("ganon", List.of("admin_anna"), false).minted).isPresent();
  }

  @Test
  void aCatchAllThatWinsForTheSharedFolderIsRefusedWithTheLinesToPaste() throws Exception {
    tree(
        RULES
            .replace("- path_regex: ^common/\n", "- path_regex: ^nothing/\n")
            .replace("- path_regex: ^hosts/\n", "- path_regex: .*\n"));

    refused(Reason.CATCH_ALL_RULE, "^common/");
  }

  @Test
  void aRuleThatWouldLeaveANewValueInClearIsRefused() throws Exception {
    tree(
        RULES.replace(
            "- path_regex: ^hosts/\n",
            "- path_regex: ^hosts/\n    encrypted_regex: ^(password)$\n"));

    refused(Reason.VALUE_IN_CLEAR, "encrypted_regex");
  }

  @Test
  void aTamperedSharedFileIsRefused() throws Exception {
    tree(RULES);
    String text = tree.read("common/services.yaml");
    tree.write("common/services.yaml", text.replace("password:", "passphrase:"));
    tree.git("commit", "-qam", "tampered");

    refused(Reason.MAC_MISMATCH, "git log -p");
  }

  @Test
  void anInstallFileThatIsNotSopsIsRefused() throws Exception {
    tree(RULES).write("hosts/ganon/install.yaml", "disk_passphrase: in the clear\n");

    refused(Reason.NOT_SOPS, "sops encrypt");
  }

  @Test
  void anUncommittedRuleFileIsAConflictAndOtherWorkIsLeftAlone() throws Exception {
    tree(RULES).write("notes.txt", "unrelated\n");
    tree.git("add", "notes.txt");
    tree.write(".sops.yaml", tree.read(".sops.yaml") + "# edited\n");

    refused(Reason.UNCOMMITTED_CHANGES, "commit");
    tree.git("checkout", "-q", ".sops.yaml");
    assertThat(tree.mint("ganon").minted).isPresent();
    assertThat(tree.git("status", "--porcelain")).isEqualTo("A  notes.txt");
  }

  @Test
  void anAnchorOfAnotherKeyIsRefused() throws Exception {
    tree(RULES.replace("- &host_mbp MBP", "- &host_mbp MBP\n  - &host_ganon MBP"));

    refused(Reason.ANCHOR_TAKEN, "host_ganon");
  }

  @Test
  void aSealedBrokerMintsNothing() throws Exception {
    tree(RULES).seal.lock("lock");

    assertThatThrownBy(() -> tree.mint("ganon")).isInstanceOf(Refusal.Sealed.class);
  }

  private void refused(Reason reason, String inTheText) throws Exception {
    String head = tree.head();
    String status = tree.git("status", "--porcelain");
    assertThatThrownBy(() -> tree.mint("ganon"))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(reason);
              assertThat(refusal.cause() + " " + refusal.remedy()).contains(inTheText);
            });
    assertThat(tree.head()).isEqualTo(head);
    assertThat(tree.git("status", "--porcelain")).isEqualTo(status);
  }
}
