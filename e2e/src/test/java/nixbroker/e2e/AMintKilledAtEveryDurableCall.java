package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The shipped broker, killed at each durable call it makes for `nbctl mint`, and started again:
 * every file, the commit and the index are old or new, never between.
 */
class AMintKilledAtEveryDurableCall {
  private static final List<String> CALLS =
      List.of(
          "write",
          "pwrite64",
          "writev",
          "fsync",
          "fdatasync",
          "syncfs",
          "rename",
          "renameat2",
          "unlink",
          "unlinkat",
          "mkdir",
          "rmdir",
          "ftruncate");

  private Path base;
  private World prepared;
  private String before;

  @BeforeEach
  void prepare() throws Exception {
    base = Files.createTempDirectory("nb");
    prepared = World.prepared(base.resolve("prepared"));
    before = prepared.git("rev-parse", "HEAD");
  }

  @AfterEach
  void clear() throws Exception {
    new ProcessBuilder("rm", "-rf", base.toString()).start().waitFor();
  }

  @Test
  void isOldOrNewAfterTheNextStart() throws Exception {
    Queue<String> points = new ConcurrentLinkedQueue<>(points());
    assertThat(points).hasSizeGreaterThanOrEqualTo(50);
    List<Future<?>> lives = new ArrayList<>();
    try (var two = Executors.newFixedThreadPool(2)) {
      for (String home : List.of("one", "other")) {
        lives.add(two.submit(() -> life(prepared.copy(base.resolve(home)), points)));
      }
    }
    for (Future<?> life : lives) {
      try {
        life.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause().getMessage(), e.getCause());
      }
    }
  }

  @Test
  void isNotMintedTwiceWhenOnlyItsRecordWasLost() throws Exception {
    World world = prepared.copy(base.resolve("unrecorded"));
    try (RunningBroker broker = RunningBroker.start(world)) {
      assertThat(world.nbctl("unlock").code()).isZero();
      assertThat(mint(world).code()).isZero();
      assertThat(broker.said).isNotEmpty();
    }
    Path ledger = world.home.resolve(".local/state/nixbroker/ledger/ledger.jsonl");
    String lines = Files.readString(ledger);
    int last = lines.lastIndexOf('\n', lines.length() - 2) + 1;
    assertThat(lines.substring(last)).contains("\"minted\"");
    Files.writeString(ledger, lines.substring(0, last + 20));
    try (RunningBroker broker = RunningBroker.start(world)) {
      assertThat(world.nbctl("unlock").code()).isZero();
      Dist.Ended again = mint(world);
      assertThat(again.code()).as(again.out()).isZero();
      assertNew(world);
      broker.stop();
    }
  }

  /** "CALL N" for what the apply thread does in a mint that nobody breaks. */
  private List<String> points() throws Exception {
    World world = prepared.copy(base.resolve("counted"));
    Path trace = base.resolve("trace");
    try (RunningBroker broker = RunningBroker.start(world)) {
      assertThat(world.nbctl("unlock").code()).isZero();
      broker.attach(broker.threads(true), "-o " + trace + " -e trace=" + String.join(",", CALLS));
      Dist.Ended minted = mint(world);
      assertThat(minted.code()).as(minted.out()).isZero();
    }
    assertNew(world);
    List<String> lines = Files.readAllLines(trace);
    List<String> points = new ArrayList<>();
    for (String call : CALLS) {
      long count = lines.stream().filter(line -> line.startsWith(call + "(")).count();
      for (int n = 1; n <= count; n++) {
        // A started program is four writes to a pipe: one point.
        if (!call.equals("write") || n % 4 == 1) {
          points.add(call + " " + n);
        }
      }
    }
    return points;
  }

  private static Dist.Ended mint(World world) throws Exception {
    return world.nbctl("mint", "ganon", "--user", "michael", "--yes");
  }

  /** Killed, started again and looked at, point after point; in the end it mints. */
  private Void life(World world, Queue<String> points) throws Exception {
    for (String point = points.poll(); point != null; point = points.poll()) {
      try {
        killed(world, point);
      } catch (AssertionError e) {
        throw new AssertionError("at " + point + " or the one before: " + e.getMessage(), e);
      }
    }
    try (RunningBroker broker = RunningBroker.start(world)) {
      assertOldOrNew(world);
      assertThat(world.nbctl("unlock").code()).isZero();
      Dist.Ended minted = mint(world);
      assertThat(minted.code()).as(minted.out()).isZero();
      assertNew(world);
      broker.stop();
    }
    return null;
  }

  /** The start of one broker is the recovery from the death of the one before. */
  private void killed(World world, String point) throws Exception {
    String[] parts = point.split(" ");
    String fault = "inject=" + parts[0] + ":signal=SIGKILL:when=" + parts[1];
    Path trace = world.home.resolve("trace");
    try (RunningBroker broker = RunningBroker.start(world)) {
      assertOldOrNew(world);
      assertThat(world.nbctl("unlock").code()).isZero();
      broker.attach(broker.threads(true), "-o " + trace + " -e trace=" + parts[0] + " -e " + fault);
      mint(world);
      broker.awaitEnd();
    }
    assertThat(trace).as("the broker died").content().contains("+++ killed by SIGKILL +++");
  }

  /** Looks at everything, and leaves it old. */
  private void assertOldOrNew(World world) throws Exception {
    if (Files.exists(world.tree.resolve("hosts"))) {
      assertNew(world);
      world.git("reset", "-q", "--hard", before.strip());
    }
    assertOld(world);
  }

  private void assertOld(World world) throws Exception {
    assertThat(world.git("rev-parse", "HEAD")).isEqualTo(before);
    assertThat(Files.readString(world.tree.resolve(".sops.yaml"))).doesNotContain("host_ganon");
    assertWhole(world, "common/wifi.yaml", "common/mail.yaml", "users/michael/git.yaml");
  }

  private void assertNew(World world) throws Exception {
    assertThat(world.git("rev-parse", "HEAD^")).isEqualTo(before);
    assertThat(Files.readString(world.tree.resolve(".sops.yaml")))
        .contains("&host_ganon", "&user_michael_ganon");
    assertWhole(
        world,
        "common/wifi.yaml",
        "common/mail.yaml",
        "users/michael/git.yaml",
        "hosts/ganon/install.yaml",
        "hosts/ganon/secrets.yaml");
  }

  private static void assertWhole(World world, String... files) throws Exception {
    assertThat(world.git("status", "--porcelain")).isEmpty();
    assertThat(world.git("fsck", "--strict", "--no-dangling", "--no-progress")).isEmpty();
    for (String file : files) {
      world.run(world.tree, "sops", "decrypt", file);
    }
    assertThat(world.top.resolve(".git/nixbroker")).isEmptyDirectory();
    try (Stream<Path> all = Files.list(world.tree)) {
      assertThat(all).noneMatch(path -> path.getFileName().toString().startsWith(".nixbroker-"));
    }
  }
}
