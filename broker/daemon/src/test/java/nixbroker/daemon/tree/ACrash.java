package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the user did between a crash and the next start. */
class ACrash {
  // A first exchange in the stage, and two moves for each of two folders, are the probe's.
  private static final int PROBES = 5;

  @TempDir Path base;

  private Sample crashed(String call, int n) throws Exception {
    Sample sample = Sample.in(base);
    sample.prepare();
    Broker.Ended ended =
        Broker.run(
            base.toRealPath(), "git", Broker.inject(call, "signal=SIGKILL", String.valueOf(n)));
    assertThat(ended.exit()).isEqualTo(137);
    return sample;
  }

  private Sample halfExchanged() throws Exception {
    return crashed("renameat2", PROBES + 2);
  }

  @Test
  void isFinishedAtTheNextStart() throws Exception {
    try (Sample sample = halfExchanged()) {
      assertThat(sample.trees().recover()).singleElement().asString().contains("home: finished");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
      assertThat(sample.trees().recover()).isEmpty();
    }
  }

  @Test
  void isUndoneAroundAnEditOfTheUser() throws Exception {
    try (Sample sample = halfExchanged()) {
      sample.write("common/a.yaml", "a: mine\n");
      assertThat(sample.trees().recover())
          .singleElement()
          .asString()
          .contains("undone", "common/a.yaml");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: mine\n");
      assertThat(sample.read(".sops.yaml")).isEqualTo("rules: old\n");
      assertThat(sample.has("hosts")).isFalse();
    }
  }

  @Test
  void isUndoneAroundAnEditOfAnExchangedFile() throws Exception {
    try (Sample sample = halfExchanged()) {
      sample.write(".sops.yaml", "rules: mine\n");
      assertThat(sample.trees().recover()).singleElement().asString().contains("undone");
      assertThat(sample.read(".sops.yaml")).isEqualTo("rules: mine\n");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: old\n");
    }
  }

  @Test
  void isBuiltOnWhatTheUserCommitted() throws Exception {
    try (Sample sample = halfExchanged()) {
      sample.write("other.yaml", "other: mine\n");
      sample.git("commit", "-q", "-m", "Mine", "other.yaml");
      assertThat(sample.trees().recover()).singleElement().asString().contains("finished");
      assertThat(sample.git("log", "--format=%s").lines())
          .containsExactly("Mint ganon", "Mine", "Start");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void isFinishedEvenIfTheUserCommittedTheHalf() throws Exception {
    try (Sample sample = halfExchanged()) {
      sample.git("commit", "-q", "-a", "-m", "Half");
      assertThat(sample.trees().recover()).singleElement().asString().contains("finished");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void afterTheCommitLeavesLaterEditsAlone() throws Exception {
    // Manifest, three files, two of the bare git folder, INTENT, DONE.
    try (Sample sample = crashed("pwrite64", 8)) {
      sample.write("common/a.yaml", "a: mine\n");
      assertThat(sample.trees().recover()).singleElement().asString().contains("finished");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: mine\n");
      assertThat(sample.git("status", "--porcelain").strip()).isEqualTo("M common/a.yaml");
    }
  }

  @Test
  void duringARebaseWaitsForItsEnd() throws Exception {
    try (Sample sample = halfExchanged()) {
      Path rebase = Files.createDirectory(sample.top.resolve(".git/rebase-merge"));
      assertThat(sample.trees().recover())
          .singleElement()
          .asString()
          .contains("not recovered", "rebase");
      Files.delete(rebase);
      sample.apply("other.yaml", "other: new\n");
      assertThat(sample.git("log", "--format=%s").lines())
          .containsExactly("Mint ganon", "Mint ganon", "Start");
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
    }
  }

  @Test
  void keepsWhatAnEditorWroteIntoAReplacedFile() throws Exception {
    try (Sample sample = crashed("unlink", 3)) {
      Path stage;
      try (var stages = Files.list(sample.top.resolve(".git/nixbroker"))) {
        stage = stages.findFirst().orElseThrow();
      }
      Files.writeString(stage.resolve("0"), "rules: late\n");
      assertThat(sample.trees().recover())
          .singleElement()
          .asString()
          .contains("kept", ".sops.yaml");
      assertThat(stage.resolve("0")).hasContent("rules: late");
      assertThat(List.of(stage.toFile().list())).contains("manifest");
    }
  }

  @Test
  void withoutItsStageIsSaidToBeOne() throws Exception {
    try (Sample sample = halfExchanged()) {
      Sample.run(sample.top, List.of("rm", "-rf", ".git/nixbroker"));
      assertThat(sample.trees().recover()).singleElement().asString().contains("stage is gone");
      assertThat(Recovery.open(sample.ledger())).isEmpty();
    }
  }

  @Test
  void onAnotherFileSystemIsRecoveredToo() throws Exception {
    // EXDEV for the first probe of the tree's folder: the stage moves into the tree.
    try (Sample sample = Sample.in(base)) {
      sample.prepare();
      Broker.Ended ended =
          Broker.run(base.toRealPath(), "git", Broker.inject("renameat2", "error=EXDEV", "2"));
      assertThat(ended.exit()).as(ended.said()).isZero();
      assertThat(sample.has(".nixbroker")).isFalse();
      assertThat(sample.git("status", "--porcelain")).isEmpty();
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
    }
  }

  @Test
  void withAStageInTheTreeIsFinished() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.prepare();
      var strace = new java.util.ArrayList<>(Broker.inject("renameat2", "error=EXDEV", "2"));
      strace.addAll(
          List.of("-e", "trace=renameat2,fsync", "-e", "inject=fsync:signal=SIGKILL:when=1"));
      assertThat(Broker.run(base.toRealPath(), "git", strace).exit()).isEqualTo(137);
      assertThat(sample.top.resolve(".nixbroker/stage/.gitignore")).hasContent("*");
      assertThat(sample.tree().files()).noneMatch(path -> path.text().startsWith(".nixbroker"));
      assertThat(sample.trees().recover()).singleElement().asString().contains("finished");
      assertThat(sample.has(".nixbroker")).isFalse();
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void ofAFileSystemWithoutExchangeIsARefusal() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.prepare();
      Broker.Ended ended =
          Broker.run(base.toRealPath(), "git", Broker.inject("renameat2", "error=EINVAL", "1"));
      assertThat(ended.said()).contains("FILE_SYSTEM_UNSUPPORTED");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }
}
