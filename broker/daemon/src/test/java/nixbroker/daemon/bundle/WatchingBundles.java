package nixbroker.daemon.bundle;

import static nixbroker.daemon.bundle.TestRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.refusal.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchingBundles {
  @TempDir Path folder;
  private Laptop laptop;
  private final BlockingQueue<Bundles.News> seen = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    laptop = new Laptop(folder);
  }

  @AfterEach
  void stop() {
    laptop.close();
  }

  private Laptop.Held claimed() {
    Laptop.Held ticket = laptop.issue();
    try (X25519Identity machine = X25519Identity.generate()) {
      laptop.bundles.claim(ticket.caller(), ticket.token(), machine.recipient().text(), "");
    }
    return ticket;
  }

  private Bundles.News next() throws InterruptedException {
    Bundles.News news = seen.poll(10, TimeUnit.SECONDS);
    assertThat(news).as("news within 10 s").isNotNull();
    return news;
  }

  private Bundles.State nextState() throws InterruptedException {
    return ((Bundles.News.StateChanged) next()).view().state();
  }

  private static Bundles.Report phase(String phase, String state) {
    return new Bundles.Report.Phase(phase, state, "");
  }

  private static Bundles.Report line(String text) {
    return new Bundles.Report.Output("DISKO", false, text);
  }

  @Test
  void showsStatesAsTheyChange() throws Exception {
    try (Bundles.Watch _ = laptop.bundles.watch(seen::add)) {
      claimed();
      assertThat(nextState()).isEqualTo(Bundles.State.ISSUED);
      assertThat(nextState()).isEqualTo(Bundles.State.CLAIMED);
    }
  }

  @Test
  void showsWhoComesLateWhatHappenedEvenAfterARestart() throws Exception {
    Laptop.Held ticket = claimed();
    laptop.bundles.report(ticket.caller(), List.of(phase("FETCH", "BEGUN"), line("not kept")));
    laptop.restart();
    try (Bundles.Watch _ = laptop.bundles.watch(seen::add)) {
      assertThat(nextState()).isEqualTo(Bundles.State.ISSUED);
      assertThat(nextState()).isEqualTo(Bundles.State.CLAIMED);
      assertThat(((Bundles.News.Reported) next()).report()).isEqualTo(phase("FETCH", "BEGUN"));
    }
  }

  @Test
  void showsOutputWithoutWhatSteersATerminal() throws Exception {
    Laptop.Held ticket = claimed();
    try (Bundles.Watch _ = laptop.bundles.watch(seen::add)) {
      nextState();
      nextState();
      laptop.bundles.report(ticket.caller(), List.of(line("a\u001b[2Jb\tc\u202e\n")));
      assertThat(((Bundles.News.Reported) next()).report()).isEqualTo(line("a�[2Jb\tc��"));
    }
  }

  @Test
  void recordsAPhaseOnceAndOutputNever() {
    Laptop.Held ticket = claimed();
    List<Bundles.Report> told = List.of(phase("DISKO", "BEGUN"), line("x"));
    laptop.bundles.report(ticket.caller(), told);
    laptop.bundles.report(ticket.caller(), told);
    assertThat(laptop.events()).filteredOn(Event.PhaseChanged.class::isInstance).hasSize(1);
    assertThat(laptop.bundles.list().getFirst().phase()).isEqualTo("DISKO");
  }

  @Test
  void refusesReportsBeforeTheClaim() {
    Laptop.Held ticket = laptop.issue();
    assertRefused(
        Reason.BUNDLE_NOT_CLAIMED,
        () -> laptop.bundles.report(ticket.caller(), List.of(line("x"))));
  }

  @Test
  void refusesAPhaseThatIsNone() {
    Laptop.Held ticket = claimed();
    assertRefused(
        Reason.REQUEST_INVALID,
        () -> laptop.bundles.report(ticket.caller(), List.of(phase("PARTY", "BEGUN"))));
  }

  @Test
  void dropsASlowWatcherByNameAndWaitsForNobody() throws Exception {
    Laptop.Held ticket = claimed();
    CountDownLatch slow = new CountDownLatch(1);
    try (Bundles.Watch _ =
        laptop.bundles.watch(
            news -> {
              await(slow);
              seen.add(news);
            })) {
      List<Bundles.Report> many = java.util.Collections.nCopies(256, line("x"));
      for (int i = 0; i < 20; i++) {
        laptop.bundles.report(ticket.caller(), many);
      }
      slow.countDown();
      Bundles.News news = next();
      while (!(news instanceof Bundles.News.Dropped)) {
        news = next();
      }
      assertThat(seen.poll(50, TimeUnit.MILLISECONDS)).as("news after the last").isNull();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void wantsThePortUntilADayAfterTheLastEnd() {
    assertThat(laptop.bundles.openUntil()).isEmpty();
    assertThat(laptop.bundles.wantsPort()).isFalse();
    laptop.issue();
    assertThat(laptop.bundles.openUntil())
        .contains(java.time.Instant.parse("2026-01-03T10:00:00Z"));
    laptop.later(Duration.ofHours(47));
    assertThat(laptop.bundles.wantsPort()).isTrue();
    laptop.later(Duration.ofHours(1));
    assertThat(laptop.bundles.wantsPort()).isFalse();
  }
}
