package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import nixbroker.daemon.ledger.Event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker is held for a moment between its look at a file and the exchange of that file. */
class AnEditDuringApply {
  // A first exchange in the stage, and two moves for each of two folders, are the probe's.
  private static final int PROBES = 5;

  @TempDir Path base;
  private Sample sample;

  @BeforeEach
  void open() throws Exception {
    sample = Sample.in(base);
    sample.prepare();
  }

  /** Runs an edit once .sops.yaml is exchanged, while the nth exchange is held. */
  private Broker.Ended during(int exchange, Edit edit) throws Exception {
    try (WatchService watch = sample.top.getFileSystem().newWatchService()) {
      sample.top.register(
          watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
      var held =
          Broker.inject("renameat2", "delay_enter=2000000", String.valueOf(PROBES + exchange));
      Process process = Broker.start(base.toRealPath(), "git", held);
      while (sample.read(".sops.yaml").equals("rules: old\n")) {
        WatchKey key = watch.poll(60, TimeUnit.SECONDS);
        assertThat(key).as("the broker began").isNotNull();
        key.pollEvents();
        key.reset();
      }
      edit.run();
      return Broker.ended(process);
    }
  }

  private interface Edit {
    void run() throws Exception;
  }

  private void assertOldBut(String path, String content) throws Exception {
    assertThat(sample.read(path)).isEqualTo(content);
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: old\n");
    assertThat(sample.git("rev-list", "--count", "HEAD").strip()).isEqualTo("1");
    assertThat(sample.git("diff", "--cached", "--name-only")).isEmpty();
    assertThat(sample.top.resolve(".git/nixbroker")).isEmptyDirectory();
    try (Sample open = sample) {
      open.trees();
      assertThat(open.ledger().entries().getLast().event()).isInstanceOf(Event.Aborted.class);
    }
  }

  @Test
  void isKeptAndTheRestIsAsBefore() throws Exception {
    Broker.Ended ended =
        during(2, () -> Files.writeString(sample.top.resolve("common/a.yaml"), "a: mine\n"));
    assertThat(ended.said()).contains("FILE_CHANGED common/a.yaml");
    assertOldBut("common/a.yaml", "a: mine\n");
    assertThat(sample.has("hosts")).isFalse();
  }

  @Test
  void isKeptWhenTheEditorReplacesTheFile() throws Exception {
    Broker.Ended ended =
        during(
            2,
            () -> {
              Path saved = Files.writeString(base.resolve("saved"), "a: mine\n");
              Files.move(
                  saved,
                  sample.top.resolve("common/a.yaml"),
                  StandardCopyOption.ATOMIC_MOVE,
                  StandardCopyOption.REPLACE_EXISTING);
            });
    assertThat(ended.said()).contains("FILE_CHANGED common/a.yaml");
    assertOldBut("common/a.yaml", "a: mine\n");
  }

  @Test
  void isKeptWhenItDeletesTheFile() throws Exception {
    Broker.Ended ended = during(2, () -> Files.delete(sample.top.resolve("common/a.yaml")));
    assertThat(ended.said()).contains("FILE_CHANGED common/a.yaml");
    assertThat(sample.has("common/a.yaml")).isFalse();
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: old\n");
  }

  @Test
  void isKeptWhereANewFileShouldBe() throws Exception {
    Broker.Ended ended =
        during(3, () -> Files.writeString(sample.top.resolve("hosts/ganon/new.yaml"), "mine\n"));
    assertThat(ended.said()).contains("FILE_CHANGED hosts/ganon/new.yaml");
    assertOldBut("hosts/ganon/new.yaml", "mine\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: old\n");
  }

  @Test
  void ofAnExchangedFileIsKeptWhenTheRestGoesBack() throws Exception {
    Broker.Ended ended =
        during(
            2,
            () -> {
              sample.write(".sops.yaml", "rules: mine\n");
              sample.write("common/a.yaml", "a: mine\n");
            });
    assertThat(ended.said()).contains("FILE_CHANGED common/a.yaml");
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: mine\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: mine\n");
    assertThat(sample.has("hosts")).isFalse();
  }

  @Test
  void byAnotherCommitElsewhereIsBuiltOn() throws Exception {
    Broker.Ended ended =
        during(
            2,
            () -> {
              sample.write("other.yaml", "other: mine\n");
              sample.git("commit", "-q", "-m", "Mine", "other.yaml");
            });
    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(sample.git("log", "--format=%s").lines())
        .containsExactly("Mint ganon", "Mine", "Start");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
    assertThat(sample.git("show", "HEAD:other.yaml")).isEqualTo("other: mine\n");
  }

  @Test
  void byAnotherCommitOfATouchedFileIsAConflict() throws Exception {
    Broker.Ended ended =
        during(
            3,
            () -> {
              String blob = "echo 'a: theirs' | git hash-object -w --stdin";
              String id = Sample.run(sample.top, java.util.List.of("sh", "-c", blob)).strip();
              sample.git("update-index", "--cacheinfo", "100644," + id + ",common/a.yaml");
              sample.git("commit", "-q", "-m", "Theirs");
            });
    assertThat(ended.said()).contains("HEAD_MOVED common/a.yaml");
    assertThat(sample.read(".sops.yaml")).isEqualTo("rules: old\n");
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: old\n");
    assertThat(sample.has("hosts")).isFalse();
    assertThat(sample.git("log", "--format=%s").lines()).containsExactly("Theirs", "Start");
  }
}
