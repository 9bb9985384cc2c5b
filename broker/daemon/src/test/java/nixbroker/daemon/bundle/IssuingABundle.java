package nixbroker.daemon.bundle;

import static nixbroker.daemon.bundle.TestRefusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import nixbroker.age.SshEd25519Key;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.ledger.Event;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuingABundle {
  @TempDir Path folder;
  private Laptop laptop;

  @BeforeEach
  void start() throws Exception {
    laptop = new Laptop(folder);
  }

  @AfterEach
  void stop() {
    laptop.close();
  }

  @Test
  void writesATicketThatPinsTheBroker() throws Exception {
    JsonObject ticket = JsonParser.parseString(laptop.issue().text()).getAsJsonObject();
    assertThat(ticket.get("format").getAsInt()).isEqualTo(1);
    assertThat(ticket.get("bundle").getAsString()).matches("[0-9a-f]{16}");
    assertThat(ticket.get("host").getAsString()).isEqualTo("ganon");
    assertThat(ticket.get("address").getAsString()).isEqualTo("127.0.0.1:4022");
    assertThat(ticket.get("host_key").getAsString()).isEqualTo(laptop.brokerKey.fingerprint());
    assertThat(ticket.get("expires").getAsString()).isEqualTo("2026-01-02T10:00:00Z");
  }

  @Test
  void recordsTheTunnelKeyOfTheTicketByItsFingerprint() throws Exception {
    Laptop.Held issued = laptop.issue();
    JsonObject ticket = JsonParser.parseString(issued.text()).getAsJsonObject();
    byte[] file = ticket.get("tunnel_key").getAsString().getBytes(StandardCharsets.US_ASCII);
    try (SshEd25519Key key = SshEd25519Key.parse(file)) {
      assertThat(laptop.bundles.ofTunnelKey(key.fingerprint())).contains(issued.id());
    }
  }

  @Test
  void leavesNeitherTokenNorTunnelKeyInTheState() throws Exception {
    JsonObject ticket = JsonParser.parseString(laptop.issue().text()).getAsJsonObject();
    String key = ticket.get("tunnel_key").getAsString().lines().skip(3).findFirst().orElseThrow();
    try (var files = Files.walk(laptop.state)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file))
            .doesNotContain(ticket.get("token").getAsString())
            .doesNotContain(key);
      }
    }
  }

  @Test
  void isRefusedForAHostThatWasNeverMinted() {
    assertRefused(
        Reason.HOST_NOT_MINTED,
        () -> laptop.bundles.issue(Laptop.HOME, HostName.parse("potato"), Optional.empty()));
  }

  @Test
  void isRefusedWithoutAnAddress() throws Exception {
    laptop.restart(Optional.empty());
    laptop.unlock();
    assertRefused(Reason.TUNNEL_NOT_CONFIGURED, laptop::issue);
  }

  @Test
  void replacesATicketThatNobodyHasUsed() {
    Laptop.Held lost = laptop.issue();
    laptop.issue();
    assertThat(laptop.bundles.list())
        .extracting(Bundles.View::state)
        .containsExactly(Bundles.State.ISSUED, Bundles.State.EXPIRED);
    assertThatThrownBy(() -> claim(lost))
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.reason()).isEqualTo(Reason.TICKET_EXPIRED);
              assertThat(r.cause()).contains("replaced by a newer one");
            });
  }

  private void claim(Laptop.Held ticket) {
    try (X25519Identity machine = X25519Identity.generate()) {
      laptop.bundles.claim(
          ticket.caller(), ticket.token(), machine.recipient().text(), "10.0.0.31");
    }
  }

  @Test
  void isRefusedWhileTheHostsBundleIsClaimed() {
    claim(laptop.issue());
    assertThatThrownBy(laptop::issue)
        .isInstanceOfSatisfying(
            Refusal.class,
            r -> {
              assertThat(r.reason()).isEqualTo(Reason.BUNDLE_OPEN);
              assertThat(r.remedy()).contains("2026-01-02T10:00:00Z");
            });
  }

  @Test
  void isPossibleAgainOnceTheFirstExpired() {
    laptop.issue();
    laptop.later(Duration.ofHours(24));
    laptop.issue();
    assertThat(laptop.bundles.list())
        .extracting(Bundles.View::state)
        .containsExactly(Bundles.State.ISSUED, Bundles.State.EXPIRED);
  }

  @Test
  void isRefusedWhileSealed() {
    laptop.seal.lock("lock");
    assertRefused(Reason.SEALED, laptop::issue);
  }

  @Test
  void isRefusedForAnAbsurdTime() {
    assertRefused(
        Reason.REQUEST_INVALID,
        () -> laptop.bundles.issue(Laptop.HOME, Laptop.GANON, Optional.of(Duration.ofDays(31))));
  }

  @Test
  void endsTheBundleAtOnceWhenThePortCannotOpen() {
    laptop.bundles.beforeTicket(
        () -> {
          throw new Refusal.Declined(Reason.TUNNEL_FAILED, "cannot listen", "");
        });
    assertRefused(Reason.TUNNEL_FAILED, laptop::issue);
    assertThat(laptop.bundles.list())
        .extracting(Bundles.View::state)
        .containsExactly(Bundles.State.EXPIRED);
  }

  @Test
  void isRecordedBeforeThePortOpens() {
    laptop.bundles.beforeTicket(
        () -> assertThat(laptop.events()).last().isInstanceOf(Event.BundleIssued.class));
    laptop.issue();
  }
}
