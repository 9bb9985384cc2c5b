package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nixbroker.age.SshEd25519Key;
import nixbroker.daemon.bundle.Bundles;
import nixbroker.daemon.ledger.Event;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nb-install as a process, real SSH over loopback, the broker's real rooms. */
class RedeemingATicket {
  @TempDir Path folder;
  private TestBroker broker;
  private Machine machine;
  private Path ticket;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(folder);
    machine = new Machine(folder);
    ticket = broker.issue();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private void changeTicket(String from, String to) throws Exception {
    String text = Files.readString(ticket);
    assertThat(text).contains(from);
    Files.writeString(ticket, text.replace(from, to));
  }

  private String member(String name) throws Exception {
    return com.google.gson.JsonParser.parseString(Files.readString(ticket))
        .getAsJsonObject()
        .get(name)
        .getAsString();
  }

  @Test
  void installsTheMachine() throws Exception {
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("pinned key verified", "  | partitioned", "  | copied");
    assertThat(ended.out()).isEqualTo("installed ganon\n");
    assertThat(ended.exit()).isZero();
    assertThat(broker.state()).isEqualTo(Bundles.State.ACTIVE);
  }

  @Test
  void placesTheKeysWithTheirModes() throws Exception {
    machine.install(ticket);
    Path key = machine.root.resolve("etc/ssh/ssh_host_ed25519_key");
    assertThat(key).hasBinaryContent(broker.hostKey.privateKeyFile(""));
    assertThat(mode(key)).isEqualTo("rw-------");
    assertThat(mode(machine.root.resolve("etc/ssh/ssh_host_ed25519_key.pub")))
        .isEqualTo("rw-r--r--");
    assertThat(machine.root.resolve("etc/secrets/initrd/ssh_host_ed25519_key")).exists();
    assertThat(machine.root.resolve("etc/secrets/initrd/ssh_host_ed25519_key.pub")).exists();
  }

  @Test
  void givesDiskoThePassphraseOnATmpfsOnly() throws Exception {
    machine.diskoDoes("stat -f -c %T $1 >$3; stat -c %a $1 >>$3; cat $1 >>$3; echo $1 >$3.path");
    machine.install(ticket);
    assertThat(machine.notes).content().isEqualTo("tmpfs\n600\n" + TestBroker.PASSPHRASE);
    assertThat(Path.of(Files.readString(Path.of(machine.notes + ".path")).strip())).doesNotExist();
    try (var files = Files.walk(machine.root)) {
      assertThat(files.filter(Files::isRegularFile))
          .allSatisfy(f -> assertThat(f).content().doesNotContain(TestBroker.PASSPHRASE));
    }
  }

  @Test
  void keepsTheOrderOfAnInstallation() throws Exception {
    machine.diskoDoes("ls $2/etc 2>/dev/null >$3; echo disko >>$3");
    machine.nixosInstallDoes("ls $1/etc/ssh >>$3");
    machine.install(ticket);
    assertThat(machine.notes)
        .content()
        .isEqualTo("disko\nssh_host_ed25519_key\nssh_host_ed25519_key.pub\n");
    assertThat(broker.events())
        .filteredOn(Event.PhaseChanged.class::isInstance)
        .extracting(e -> ((Event.PhaseChanged) e).phase() + " " + ((Event.PhaseChanged) e).state())
        .containsExactly(
            "FETCH BEGUN",
            "FETCH DONE",
            "DISKO BEGUN",
            "DISKO DONE",
            "PLACE BEGUN",
            "PLACE DONE",
            "ACKNOWLEDGE BEGUN",
            "ACKNOWLEDGE DONE",
            "NIXOS_INSTALL BEGUN",
            "NIXOS_INSTALL DONE");
  }

  @Test
  void isActiveBeforeNixosInstallRuns() throws Exception {
    machine.nixosInstallDoes("exit 1");
    assertThat(machine.install(ticket).exit()).isEqualTo(1);
    assertThat(broker.state()).isEqualTo(Bundles.State.ACTIVE);
  }

  @Test
  void showsTheOutputToWhoWatches() throws Exception {
    BlockingQueue<Bundles.News> news = new LinkedBlockingQueue<>();
    try (Bundles.Watch _ = broker.bundles.watch(news::add)) {
      machine.install(ticket);
      awaitOutput(news, "partitioned");
      awaitOutput(news, "copied");
    }
  }

  private static void awaitOutput(BlockingQueue<Bundles.News> news, String text)
      throws InterruptedException {
    while (true) {
      Bundles.News next = news.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("news before %s", text).isNotNull();
      if (next instanceof Bundles.News.Reported(_, _, Bundles.Report.Output(_, _, String said))
          && said.equals(text)) {
        return;
      }
    }
  }

  @Test
  void speaksJsonToPrograms() throws Exception {
    Machine.Ended ended = machine.install(ticket, "--json");
    List<String> lines = ended.out().lines().toList();
    assertThat(lines).allMatch(l -> com.google.gson.JsonParser.parseString(l).isJsonObject());
    assertThat(lines.getLast()).contains("\"installed\":true");
  }

  @Test
  void isRefusedToASpentTicket() throws Exception {
    machine.install(ticket);
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err())
        .contains("nb-install: error: the ticket for ganon was used")
        .contains("hint: for a reinstall: nbctl bundle issue ganon");
    assertThat(ended.exit()).isEqualTo(4);
  }

  @Test
  void isRefusedToAnotherRecipient() throws Exception {
    machine.diskoDoes("exit 9");
    assertThat(machine.install(ticket).exit()).isEqualTo(1);
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("was claimed by another");
    assertThat(ended.exit()).isEqualTo(4);
    assertThat(broker.events())
        .last()
        .isInstanceOfSatisfying(
            Event.Refused.class, e -> assertThat(e.reason()).isEqualTo("BUNDLE_CLAIMED"));
  }

  @Test
  void isRefusedToAWrongToken() throws Exception {
    changeTicket(member("token"), Base64.getEncoder().encodeToString(new byte[32]));
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("the token is not that of bundle");
    assertThat(ended.exit()).isEqualTo(4);
  }

  @Test
  void isRefusedToAnUnknownTunnelKey() throws Exception {
    String own = member("tunnel_key").replace("\n", "\\n");
    try (SshEd25519Key other = SshEd25519Key.generate()) {
      changeTicket(own, new String(other.privateKeyFile("")).replace("\n", "\\n"));
    }
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("does not know this ticket");
    assertThat(ended.exit()).isEqualTo(4);
  }

  @Test
  void isRefusedToAnExpiredTicket() throws Exception {
    broker.later(Duration.ofHours(2));
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("the ticket for ganon expired at");
    assertThat(ended.exit()).isEqualTo(4);
  }

  @Test
  void isRefusedByTheMachineWhenTheBrokerIsNotThePinnedOne() throws Exception {
    String pinned = member("host_key");
    String other;
    try (SshEd25519Key key = SshEd25519Key.generate()) {
      other = key.fingerprint();
    }
    changeTicket(pinned, other);
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err())
        .contains("shows " + pinned + ", the ticket names " + other + "; nothing was sent")
        .contains("hint: you may be talking to another machine");
    assertThat(ended.exit()).isEqualTo(4);
    assertThat(broker.events())
        .noneMatch(e -> e instanceof Event.BundleClaimed || e instanceof Event.Refused);
  }

  @Test
  void isRefusedWhileTheBrokerIsSealed() throws Exception {
    broker.seal.lock("lock");
    Machine.Ended ended = machine.install(ticket);
    assertThat(ended.err()).contains("the broker is sealed").contains("hint: nbctl unlock");
    assertThat(ended.exit()).isEqualTo(3);
    broker.unlock();
    assertThat(machine.install(ticket).exit()).isZero();
  }

  @Test
  void saysWhenThereIsNoBroker() throws Exception {
    broker.close();
    Machine.Ended ended = machine.install(ticket, "--patience", "1");
    assertThat(ended.err()).contains("cannot be reached");
    assertThat(ended.exit()).isEqualTo(6);
    broker.start();
  }

  @Test
  void goesOnAfterTheBrokerWasSealedMeanwhile() throws Exception {
    BlockingQueue<Bundles.News> news = new LinkedBlockingQueue<>();
    machine.diskoDoes("echo waiting; until [ -e $3 ]; do sleep 0.05; done");
    Process process = machine.start(ticket);
    try (Bundles.Watch _ = broker.bundles.watch(news::add)) {
      awaitOutput(news, "waiting");
    }
    broker.seal.lock("lock");
    Files.createFile(machine.notes);
    assertThat(machine.end(process).exit()).isZero();
  }

  @Test
  void goesOnAfterTheBrokerWasStartedAgain() throws Exception {
    BlockingQueue<Bundles.News> news = new LinkedBlockingQueue<>();
    machine.diskoDoes("echo waiting; until [ -e $3 ]; do sleep 0.05; done");
    Process process = machine.start(ticket);
    try (Bundles.Watch _ = broker.bundles.watch(news::add)) {
      awaitOutput(news, "waiting");
    }
    broker.close();
    Files.createFile(machine.notes);
    broker.start();
    assertThat(broker.portIsOpen()).as("port open while sealed after a start").isFalse();
    broker.unlock();
    Machine.Ended ended = machine.end(process);
    assertThat(ended.err()).contains("acknowledged");
    assertThat(ended.exit()).isZero();
    assertThat(broker.state()).isEqualTo(Bundles.State.ACTIVE);
  }

  @Test
  void warnsOfATicketThatOthersMayRead() throws Exception {
    Files.setPosixFilePermissions(ticket, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(machine.install(ticket).err()).contains("can be read by others");
  }
}
