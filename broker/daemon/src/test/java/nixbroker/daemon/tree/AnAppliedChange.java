package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.ledger.Ledger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnAppliedChange {
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

  private String applied() {
    return sample.apply(
        ".sops.yaml",
        "rules: new\n",
        "common/a.yaml",
        "a: new\n",
        "hosts/ganon/new.yaml",
        "n: 1\n");
  }

  @Test
  void isInTheFiles() throws Exception {
    applied();
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: new\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
    assertThat(sample.read("hosts/ganon/new.yaml")).isEqualTo("n: 1\n");
  }

  @Test
  void isOneCommitOnTheBranch() {
    String before = sample.git("rev-parse", "HEAD");
    String commit = applied();
    assertThat(sample.git("rev-parse", "main").strip()).isEqualTo(commit);
    assertThat(sample.git("rev-parse", "HEAD^")).isEqualTo(before);
    assertThat(sample.git("log", "-1", "--format=%an <%ae> %cn %B").strip())
        .isEqualTo("A Person <person@example.org> A Person Mint ganon\n\nfor a test");
    assertThat(sample.git("diff", "--name-only", "HEAD^", "HEAD").lines())
        .containsExactly(".sops.yaml", "common/a.yaml", "hosts/ganon/new.yaml");
  }

  @Test
  void leavesNothingThatGitWouldMention() {
    applied();
    assertThat(sample.git("status", "--porcelain")).isEmpty();
    assertThat(sample.git("fsck", "--strict", "--no-progress")).isEmpty();
  }

  @Test
  void leavesNoStage() throws Exception {
    applied();
    assertThat(sample.top.resolve(".git/nixbroker")).isEmptyDirectory();
  }

  @Test
  void isInTheLedgerAsIntentAndDone() {
    String before = sample.git("rev-parse", "HEAD").strip();
    String commit = applied();
    List<Event> events = sample.ledger().entries().stream().map(Ledger.Entry::event).toList();
    assertThat(events).hasSize(2);
    Event.Intent intent = (Event.Intent) events.get(0);
    assertThat(intent.head()).isEqualTo(before);
    assertThat(intent.commit()).isEqualTo(commit);
    assertThat(intent.what()).isEqualTo("Mint ganon");
    assertThat(events.get(1)).isEqualTo(new Event.Done("home", intent.id(), commit));
  }

  @Test
  void leavesWhatIsStagedElsewhereStaged() throws Exception {
    sample.write("other.yaml", "other: staged\n");
    sample.git("add", "other.yaml");
    sample.write("other.yaml", "other: edited\n");
    sample.write("untracked", "x\n");
    applied();
    assertThat(sample.git("status", "--porcelain").lines())
        .containsExactly("MM other.yaml", "?? untracked");
    assertThat(sample.git("show", "HEAD:other.yaml")).isEqualTo("other: old\n");
    assertThat(sample.git("show", ":other.yaml")).isEqualTo("other: staged\n");
  }

  @Test
  void showsExactlyItsPathsAgainstTheCommitBefore() {
    applied();
    assertThat(sample.git("diff", "HEAD~", "--name-only").lines())
        .containsExactly(".sops.yaml", "common/a.yaml", "hosts/ganon/new.yaml");
  }

  @Test
  void keepsTheModeOfAFile() throws Exception {
    Path file = sample.top.resolve("common/a.yaml");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
    sample.git("commit", "-q", "-a", "-m", "Mode");
    applied();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwxr-x---");
    assertThat(sample.git("ls-tree", "HEAD", "common/a.yaml")).startsWith("100755");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void makesNewFilesAsGitWould() throws Exception {
    applied();
    Path reference = Files.createFile(base.resolve("reference"));
    assertThat(Files.getPosixFilePermissions(sample.top.resolve("hosts/ganon/new.yaml")))
        .containsAll(PosixFilePermissions.fromString("rw-------"))
        .doesNotContainAnyElementsOf(PosixFilePermissions.fromString("--x--x--x"));
    assertThat(Files.exists(reference)).isTrue();
    assertThat(sample.git("ls-tree", "HEAD", "hosts/ganon/new.yaml")).startsWith("100644");
  }

  @Test
  void makesNoCommitWhenNothingChanges() {
    String commit = applied();
    assertThat(applied()).isEqualTo(commit);
    assertThat(sample.git("rev-list", "--count", "HEAD").strip()).isEqualTo("2");
    assertThat(sample.ledger().entries()).hasSize(2);
  }

  @Test
  void canBeFollowedByAnother() throws Exception {
    applied();
    sample.apply("common/a.yaml", "a: newer\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: newer\n");
    assertThat(sample.git("diff", "--name-only", "HEAD^").strip()).isEqualTo("common/a.yaml");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void leavesARepositoryThatGitCarriesOnWith() throws Exception {
    applied();
    sample.write("common/a.yaml", "a: by hand\n");
    sample.git("commit", "-q", "-a", "-m", "By hand");
    sample.git("checkout", "-q", "HEAD~2");
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: old\n");
    assertThat(sample.has("hosts/ganon/new.yaml")).isFalse();
  }

  @Test
  void takesHundredsOfFiles() throws Exception {
    String[] change = new String[600];
    for (int i = 0; i < 300; i++) {
      sample.write("common/f" + i + ".yaml", "old: " + i + "\n");
      change[2 * i] = "common/f" + i + ".yaml";
      change[2 * i + 1] = "new: " + i + "\n";
    }
    sample.git("add", ".");
    sample.git("commit", "-q", "-m", "Many");
    sample.apply(change);
    assertThat(sample.git("show", "--stat", "--format=").strip()).contains("300 files changed");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }
}
