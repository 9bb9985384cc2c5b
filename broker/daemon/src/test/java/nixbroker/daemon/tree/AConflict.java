package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AConflict {
  @TempDir Path base;
  private Sample sample;

  @BeforeEach
  void open() throws Exception {
    sample = Sample.in(base);
  }

  @AfterEach
  void close() {
    sample.close();
  }

  private void assertConflict(Reason reason, String named) {
    String before = sample.git("rev-parse", "HEAD") + sample.git("status", "--porcelain");
    assertThatThrownBy(() -> sample.apply(Broker.CHANGE))
        .isInstanceOfSatisfying(
            Refusal.Conflict.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .hasMessageContaining(named);
    assertThat(sample.git("rev-parse", "HEAD") + sample.git("status", "--porcelain"))
        .isEqualTo(before);
    assertThat(sample.ledger().entries()).isEmpty();
  }

  @Test
  void isAnUncommittedEditOfATouchedFile() throws Exception {
    sample.write("common/a.yaml", "a: edited\n");
    assertConflict(Reason.UNCOMMITTED_CHANGES, "common/a.yaml");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: edited\n");
  }

  @Test
  void isAStagedEditOfATouchedFile() throws Exception {
    sample.write("common/a.yaml", "a: staged\n");
    sample.git("add", "common/a.yaml");
    sample.write("common/a.yaml", "a: old\n");
    assertConflict(Reason.UNCOMMITTED_CHANGES, "common/a.yaml");
    assertThat(sample.git("show", ":common/a.yaml")).isEqualTo("a: staged\n");
  }

  @Test
  void isAnUntrackedFileWhereANewOneShouldBe() throws Exception {
    sample.write("hosts/ganon/new.yaml", "mine\n");
    assertConflict(Reason.UNCOMMITTED_CHANGES, "hosts/ganon/new.yaml");
    assertThat(sample.read("hosts/ganon/new.yaml")).isEqualTo("mine\n");
  }

  @Test
  void isADeletedFile() throws Exception {
    Files.delete(sample.top.resolve("common/a.yaml"));
    assertConflict(Reason.UNCOMMITTED_CHANGES, "common/a.yaml");
  }

  @Test
  void isAFileThatWasOnlyRemovedFromTheIndex() {
    sample.git("rm", "-q", "--cached", "common/a.yaml");
    assertConflict(Reason.UNCOMMITTED_CHANGES, "common/a.yaml");
  }

  @Test
  void isAFileThatIsNotAsItWasRead() throws Exception {
    Tree.Change change = sample.change(Broker.CHANGE);
    sample.write("common/a.yaml", "a: edited\n");
    assertThatThrownBy(() -> sample.tree().apply(change, Sample.SOMEBODY))
        .isInstanceOfSatisfying(
            Refusal.Conflict.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.FILE_CHANGED))
        .hasMessageContaining("common/a.yaml");
  }

  @Test
  void isAFileThatWasReadOnlyAndChanged() throws Exception {
    SecretPath read = new SecretPath("other.yaml");
    var change =
        new Tree.Change(
            "m",
            Map.of(read, Optional.of(Sample.bytes("other: before\n"))),
            Map.of(new SecretPath("common/a.yaml"), Sample.bytes("a: new\n")));
    assertThatThrownBy(() -> sample.tree().apply(change, Sample.SOMEBODY))
        .hasMessageContaining("other.yaml was changed");
  }

  @Test
  void isAMergeInProgress() throws Exception {
    sample.git("checkout", "-q", "-b", "side");
    sample.write("other.yaml", "other: side\n");
    sample.git("commit", "-q", "-a", "-m", "Side");
    sample.git("checkout", "-q", "main");
    sample.git("merge", "-q", "--no-ff", "--no-commit", "side");
    assertConflict(Reason.TREE_BUSY, "merge");
  }

  @Test
  void isARebaseInProgress() {
    sample.git("-c", "sequence.editor=sed -i 's/^pick/edit/'", "rebase", "-q", "-i", "--root");
    assertConflict(Reason.TREE_BUSY, "rebase");
  }

  @Test
  void isALockOfTheIndexThatStays() throws Exception {
    Files.createFile(sample.top.resolve(".git/index.lock"));
    assertThatThrownBy(() -> sample.apply(Broker.CHANGE))
        .isInstanceOfSatisfying(
            Refusal.Conflict.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TREE_BUSY))
        .hasMessageContaining("index.lock");
  }

  @Test
  void isNoLockOfTheIndexThatGoesAway() throws Exception {
    Path lock = Files.createFile(sample.top.resolve(".git/index.lock"));
    Tree.Change change = sample.change(Broker.CHANGE);
    var removed =
        CompletableFuture.runAsync(
            () -> lock.toFile().delete(),
            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
    sample.tree().apply(change, Sample.SOMEBODY);
    removed.join();
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void namesWhatToDo() throws Exception {
    sample.write("common/a.yaml", "a: edited\n");
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> sample.apply(Broker.CHANGE));
    assertThat(refusal.remedy()).contains("git -C " + sample.top);
  }
}
