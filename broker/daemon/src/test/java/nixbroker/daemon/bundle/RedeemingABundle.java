package nixbroker.daemon.bundle;

import static nixbroker.daemon.bundle.TestRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nixbroker.age.AgeFile;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.proto.v1.Bundle;
import nixbroker.proto.v1.PlacedFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedeemingABundle {
  @TempDir Path folder;
  private Laptop laptop;
  private X25519Identity machine;
  private String recipient;

  @BeforeEach
  void start() throws Exception {
    laptop = new Laptop(folder);
    machine = X25519Identity.generate();
    recipient = machine.recipient().text();
  }

  @AfterEach
  void stop() {
    machine.close();
    laptop.close();
  }

  private Laptop.Held claimed() {
    Laptop.Held ticket = laptop.issue();
    claim(ticket);
    return ticket;
  }

  private void claim(Laptop.Held ticket) {
    laptop.bundles.claim(ticket.caller(), ticket.token(), recipient, "10.0.0.31");
  }

  private byte[] fetch(Laptop.Held ticket) {
    return laptop.bundles.fetch(ticket.caller(), ticket.token(), recipient);
  }

  private Laptop.Held activated() throws Exception {
    Laptop.Held ticket = claimed();
    acknowledge(ticket, Laptop.receipt(fetch(ticket), machine));
    return ticket;
  }

  private void acknowledge(Laptop.Held ticket, byte[] receipt) {
    laptop.bundles.acknowledge(ticket.caller(), ticket.token(), recipient, receipt);
  }

  private static String stranger() {
    try (X25519Identity other = X25519Identity.generate()) {
      return other.recipient().text();
    }
  }

  @Test
  void deliversTheHostsKeysAndPassphrase() throws Exception {
    Bundle bundle = Bundle.parseFrom(AgeFile.decrypt(fetch(claimed()), machine));
    assertThat(bundle.getHost()).isEqualTo("ganon");
    assertThat(bundle.getDiskPassphrase().toStringUtf8()).isEqualTo(Laptop.PASSPHRASE);
    assertThat(bundle.getFilesList())
        .extracting(PlacedFile::getPath, PlacedFile::getMode)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("/etc/ssh/ssh_host_ed25519_key", 0600),
            org.assertj.core.groups.Tuple.tuple("/etc/ssh/ssh_host_ed25519_key.pub", 0644),
            org.assertj.core.groups.Tuple.tuple("/etc/secrets/initrd/ssh_host_ed25519_key", 0600),
            org.assertj.core.groups.Tuple.tuple(
                "/etc/secrets/initrd/ssh_host_ed25519_key.pub", 0644));
    assertThat(bundle.getFiles(0).getContent().toByteArray())
        .isEqualTo(laptop.hostKey.privateKeyFile(""));
    assertThat(bundle.getFiles(1).getContent().toStringUtf8())
        .isEqualTo(laptop.hostKey.publicKeyLine("root@ganon") + "\n");
  }

  @Test
  void givesTheSameBytesEachTime() {
    Laptop.Held ticket = claimed();
    assertThat(fetch(ticket)).isEqualTo(fetch(ticket));
  }

  @Test
  void givesTheSameBytesAfterARestartAndSealed() {
    Laptop.Held ticket = claimed();
    byte[] before = fetch(ticket);
    laptop.restart();
    assertThat(fetch(ticket)).isEqualTo(before);
  }

  @Test
  void keepsTheCiphertextForTheOwnerOnly() throws Exception {
    Laptop.Held ticket = claimed();
    Path stored = laptop.state.resolve("bundles").resolve(ticket.id() + ".age");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void refusesToGiveAStoredCiphertextThatWasChanged() throws Exception {
    Laptop.Held ticket = claimed();
    Files.writeString(
        laptop.state.resolve("bundles").resolve(ticket.id() + ".age"), "x", StandardCharsets.UTF_8);
    assertRefused(Reason.IO_FAILED, () -> fetch(ticket));
  }

  @Test
  void answersTheSameRecipientsClaimAgain() {
    Laptop.Held ticket = claimed();
    byte[] before = fetch(ticket);
    claim(ticket);
    assertThat(fetch(ticket)).isEqualTo(before);
    assertThat(laptop.events()).filteredOn(Event.BundleClaimed.class::isInstance).hasSize(1);
  }

  @Test
  void recordsTheFirstFetchOnly() {
    Laptop.Held ticket = claimed();
    fetch(ticket);
    fetch(ticket);
    assertThat(laptop.events()).filteredOn(Event.BundleFetched.class::isInstance).hasSize(1);
  }

  @Test
  void refusesAndRecordsAnotherRecipient() {
    Laptop.Held ticket = claimed();
    assertRefused(
        Reason.BUNDLE_CLAIMED,
        () -> laptop.bundles.claim(ticket.caller(), ticket.token(), stranger(), "10.0.0.66"));
    assertThat(laptop.events())
        .last()
        .isEqualTo(
            new Event.Refused("installer " + ticket.id(), "Claim", Reason.BUNDLE_CLAIMED.name()));
  }

  @Test
  void refusesAnotherRecipientsFetch() {
    Laptop.Held ticket = claimed();
    assertRefused(
        Reason.BUNDLE_CLAIMED,
        () -> laptop.bundles.fetch(ticket.caller(), ticket.token(), stranger()));
  }

  @Test
  void refusesAWrongTokenAndChangesNothing() {
    Laptop.Held ticket = laptop.issue();
    byte[] wrong = ticket.token().clone();
    wrong[31] ^= 1;
    assertRefused(
        Reason.TICKET_WRONG,
        () -> laptop.bundles.claim(ticket.caller(), wrong, recipient, "10.0.0.66"));
    assertThat(laptop.stateOf(ticket)).isEqualTo(Bundles.State.ISSUED);
  }

  @Test
  void recordsOnlySoManyWrongTokens() {
    Laptop.Held ticket = laptop.issue();
    for (int i = 0; i < 100; i++) {
      assertRefused(
          Reason.TICKET_WRONG,
          () -> laptop.bundles.claim(ticket.caller(), new byte[32], recipient, "10.0.0.66"));
    }
    assertThat(laptop.events()).filteredOn(Event.Refused.class::isInstance).hasSize(64);
  }

  @Test
  void refusesABundleNobodyKnows() {
    Laptop.Held ticket = laptop.issue();
    assertRefused(
        Reason.BUNDLE_UNKNOWN,
        () ->
            laptop.bundles.claim(
                new nixbroker.daemon.policy.Caller.Installer("ffffffffffffffff"),
                ticket.token(),
                recipient,
                ""));
  }

  @Test
  void refusesWhatIsNoRecipient() {
    Laptop.Held ticket = laptop.issue();
    assertRefused(
        Reason.REQUEST_INVALID,
        () -> laptop.bundles.claim(ticket.caller(), ticket.token(), "age1nonsense", ""));
  }

  @Test
  void refusesAFetchBeforeTheClaim() {
    Laptop.Held ticket = laptop.issue();
    assertRefused(Reason.BUNDLE_NOT_CLAIMED, () -> fetch(ticket));
  }

  @Test
  void refusesAClaimWhileSealedAndTakesItLater() throws Exception {
    Laptop.Held ticket = laptop.issue();
    laptop.seal.lock("lock");
    assertRefused(Reason.SEALED, () -> claim(ticket));
    laptop.unlock();
    claim(ticket);
    assertThat(laptop.stateOf(ticket)).isEqualTo(Bundles.State.CLAIMED);
  }

  @Test
  void refusesAnExpiredTicketAndRecordsTheEndOnce() {
    Laptop.Held ticket = laptop.issue();
    laptop.later(Duration.ofHours(24));
    assertRefused(Reason.TICKET_EXPIRED, () -> claim(ticket));
    assertRefused(Reason.TICKET_EXPIRED, () -> claim(ticket));
    assertThat(laptop.events()).filteredOn(Event.BundleExpired.class::isInstance).hasSize(1);
  }

  @Test
  void deletesTheCiphertextOfAClaimThatExpired() {
    Laptop.Held ticket = claimed();
    laptop.later(Duration.ofHours(25));
    assertRefused(Reason.TICKET_EXPIRED, () -> fetch(ticket));
    assertThat(laptop.state.resolve("bundles")).isEmptyDirectory();
  }

  @Test
  void isActiveOnceAcknowledged() throws Exception {
    assertThat(laptop.stateOf(activated())).isEqualTo(Bundles.State.ACTIVE);
    assertThat(laptop.state.resolve("bundles")).isEmptyDirectory();
  }

  @Test
  void answersARepeatedAcknowledgement() throws Exception {
    Laptop.Held ticket = claimed();
    byte[] receipt = Laptop.receipt(fetch(ticket), machine);
    acknowledge(ticket, receipt);
    acknowledge(ticket, receipt);
    assertThat(laptop.events()).filteredOn(Event.BundleActive.class::isInstance).hasSize(1);
  }

  @Test
  void refusesAWrongReceipt() {
    Laptop.Held ticket = claimed();
    fetch(ticket);
    assertRefused(Reason.REQUEST_INVALID, () -> acknowledge(ticket, new byte[32]));
    assertThat(laptop.stateOf(ticket)).isEqualTo(Bundles.State.CLAIMED);
  }

  @Test
  void refusesAnActiveBundleToEverybody() throws Exception {
    Laptop.Held ticket = activated();
    assertRefused(Reason.TICKET_SPENT, () -> claim(ticket));
    assertRefused(Reason.TICKET_SPENT, () -> fetch(ticket));
    assertRefused(
        Reason.TICKET_SPENT,
        () -> laptop.bundles.claim(ticket.caller(), ticket.token(), stranger(), ""));
  }

  @Test
  void staysSpentAfterARestart() throws Exception {
    Laptop.Held ticket = activated();
    laptop.restart();
    assertRefused(Reason.TICKET_SPENT, () -> fetch(ticket));
  }

  @Test
  void forgetsACiphertextWhoseClaimWasNeverRecorded() throws Exception {
    Laptop.Held ticket = laptop.issue();
    Path orphan = laptop.state.resolve("bundles").resolve(ticket.id() + ".age");
    Files.writeString(orphan, "left by a crash");
    laptop.restart();
    assertThat(orphan).doesNotExist();
  }

  @Test
  void refusesAHostFileThatWasTamperedWith() throws Exception {
    Laptop.Held ticket = laptop.issue();
    Path install = laptop.tree.resolve("hosts/ganon/install.yaml");
    String text = Files.readString(install);
    Files.writeString(install, text.replace("disk_passphrase:", "disk_passphrase_old:"));
    assertRefused(Reason.MAC_MISMATCH, () -> claim(ticket));
    assertThat(laptop.stateOf(ticket)).isEqualTo(Bundles.State.ISSUED);
  }

  @Test
  void isWonByExactlyOneOfSixtyFourAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      Laptop.Held ticket = laptop.issue();
      assertThat(winners(ticket)).as("winners of round " + round).isEqualTo(1);
      laptop.later(Duration.ofHours(25));
    }
  }

  private long winners(Laptop.Held ticket) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> claims = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String one = stranger();
        claims.add(() -> wins(ticket, one));
      }
      long winners = 0;
      for (Future<Boolean> claim : threads.invokeAll(claims)) {
        winners += claim.get() ? 1 : 0;
      }
      return winners;
    }
  }

  private boolean wins(Laptop.Held ticket, String recipient) {
    try {
      laptop.bundles.claim(ticket.caller(), ticket.token(), recipient, "");
      return true;
    } catch (Refusal refusal) {
      assertThat(refusal.reason()).isEqualTo(Reason.BUNDLE_CLAIMED);
      return false;
    }
  }
}
