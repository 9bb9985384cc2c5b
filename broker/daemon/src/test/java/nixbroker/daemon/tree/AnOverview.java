package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnOverview {
  private static final String ENCRYPTED = "a: ENC[AES256_GCM,data:x]\nsops:\n    mac: ENC[x]\n";

  @TempDir Path base;
  private Sample sample;

  @BeforeEach
  void write() throws IOException {
    sample = Sample.in(base, "secrets/");
    sample.write("common/a.yaml", ENCRYPTED);
    sample.write("common/plain.yaml", "sops_like: no\n");
  }

  private Overview.Line line(Overview overview) {
    return overview.lines().getFirst();
  }

  @Test
  void countsTheEncryptedFiles() {
    try (Trees trees = sample.trees()) {
      assertThat(line(new Overview(trees)).files()).isEqualTo(1);
    }
  }

  @Test
  void seesAFileThatBecameEncrypted() throws IOException {
    try (Trees trees = sample.trees()) {
      Overview overview = new Overview(trees);
      overview.lines();
      sample.write("common/plain.yaml", ENCRYPTED);
      assertThat(line(overview).files()).isEqualTo(2);
    }
  }

  @Test
  void countsHostsAndUsersOnce() throws IOException {
    sample.write(
        ".sops.yaml",
        """
        keys:
          - &host_ganon age1a
          - &host_azmidi age1b
          - &user_michael_ganon age1c
          - &user_michael_azmidi age1d
          - &user_anna age1e
          # - &host_gone age1f
          - &admin_michael age1g
        """);
    try (Trees trees = sample.trees()) {
      Overview.Line line = line(new Overview(trees));
      assertThat(line.hosts()).isEqualTo(2);
      assertThat(line.users()).isEqualTo(2);
    }
  }

  @Test
  void seesASopsYamlThatCameNearer() throws IOException {
    Files.move(sample.folder.resolve(".sops.yaml"), sample.top.resolve(".sops.yaml"));
    try (Trees trees = sample.trees()) {
      Overview overview = new Overview(trees);
      overview.lines();
      sample.write(".sops.yaml", "keys:\n  - &host_new age1a\n");
      assertThat(line(overview).hosts()).isEqualTo(1);
    }
  }

  @Test
  void saysWhetherTheTreeIsInitialised() throws IOException {
    try (Trees trees = sample.trees()) {
      Overview overview = new Overview(trees);
      boolean before = line(overview).initialised();
      sample.write(".nixbroker/master.age", "age-encryption.org/v1\n");
      assertThat(before).isFalse();
      assertThat(line(overview).initialised()).isTrue();
    }
  }

  @Test
  void saysWhatIsWrongWithATreeThatVanished() throws IOException {
    try (Trees trees = sample.trees()) {
      Overview overview = new Overview(trees);
      overview.lines();
      Files.move(sample.top, base.resolve("elsewhere"));
      assertThat(line(overview).problem()).contains("there is no folder");
    }
  }
}
