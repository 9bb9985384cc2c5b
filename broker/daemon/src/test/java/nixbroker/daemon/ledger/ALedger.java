package nixbroker.daemon.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ALedger {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final List<Event> ONE_OF_EACH =
      List.of(
          new Event.Started("0.1.0", 42),
          new Event.Stopped("SIGTERM"),
          new Event.Initialised("home", "age1master", "c0ffee"),
          new Event.Unlocked("card 1", NOW),
          new Event.Locked("idle"),
          new Event.Intent("home", "id", "mint \"gänon\"\n", "stage", "head", "commit"),
          new Event.Done("home", "id", "commit"),
          new Event.Aborted("home", "id", "why"),
          new Event.Minted("home", "ganon", "age1host", "commit"),
          new Event.BundleIssued("b", "home", "ganon", "t", "SHA256:k", NOW),
          new Event.BundleClaimed("b", "age1e", "10.0.0.9", "c", "r"),
          new Event.BundleFetched("b"),
          new Event.BundleActive("b"),
          new Event.BundleExpired("b"),
          new Event.PhaseChanged("b", "disko", "done", ""),
          new Event.Refused("operator", "Mint", "SEALED"));

  @TempDir Path state;

  @Test
  void replaysEveryKindOfEvent() {
    List<Ledger.Entry> written = new ArrayList<>();
    try (Ledger ledger = open()) {
      ONE_OF_EACH.forEach(event -> written.add(ledger.append(event)));
    }
    try (Ledger ledger = open()) {
      assertThat(ledger.entries()).isEqualTo(written);
    }
  }

  @Test
  void hasAnExampleOfEveryKindInThisTest() {
    assertThat(ONE_OF_EACH.stream().<Object>map(Object::getClass))
        .containsExactlyInAnyOrder((Object[]) Event.class.getPermittedSubclasses());
  }

  @Test
  void keepsItsFieldsInOneOrder() throws Exception {
    try (Ledger ledger = open()) {
      ledger.append(new Event.Stopped("SIGTERM"));
    }
    assertThat(Files.readString(file()))
        .startsWith(
            "{\"v\":1,\"n\":1,\"at\":\"2026-01-02T03:04:05.678Z\",\"type\":\"stopped\","
                + "\"why\":\"SIGTERM\",\"prev\":\""
                + "0".repeat(64)
                + "\",\"hash\":\"")
        .endsWith("\"}\n");
  }

  @Test
  void isOpenToItsOwnerOnly() throws Exception {
    open().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void cutsOffATornLastLine() throws Exception {
    fill(2);
    byte[] whole = Files.readAllBytes(file());
    fill(1);
    byte[] more = Files.readAllBytes(file());
    for (int length = whole.length + 1; length < more.length; length += 7) {
      Files.write(file(), java.util.Arrays.copyOf(more, length));
      try (Ledger ledger = open()) {
        assertThat(ledger.entries()).hasSize(2);
      }
      assertThat(Files.readAllBytes(file())).isEqualTo(whole);
    }
  }

  @Test
  void cutsOffALastLineWhoseFirstBlockWasLost() throws Exception {
    fill(2);
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), "\0\0\0\0\"}\n".getBytes(), StandardOpenOption.APPEND);
    open().close();
    assertThat(Files.readAllBytes(file())).isEqualTo(whole);
  }

  @Test
  void goesOnAfterATornLine() throws Exception {
    fill(1);
    Files.writeString(file(), "{\"v\":1", StandardOpenOption.APPEND);
    fill(1);
    try (Ledger ledger = open()) {
      assertThat(ledger.entries()).extracting(Ledger.Entry::number).containsExactly(1L, 2L);
    }
  }

  @Test
  void namesTheLineThatWasAltered() throws Exception {
    fill(3);
    List<String> lines = Files.readAllLines(file());
    lines.set(1, lines.get(1).replace("idle", "Idle"));
    Files.write(file(), lines);
    assertBroken("line 2", "its hash");
  }

  @Test
  void namesTheLineAfterOneThatWasTakenOut() throws Exception {
    fill(3);
    List<String> lines = Files.readAllLines(file());
    lines.remove(1);
    Files.write(file(), lines);
    assertBroken("line 2", "its number");
  }

  @Test
  void namesALineOfAnotherChain() throws Exception {
    fill(2);
    List<String> lines = Files.readAllLines(file());
    Files.delete(file());
    try (Ledger ledger = open()) {
      ledger.append(new Event.Locked("other"));
    }
    lines.set(0, Files.readAllLines(file()).getFirst());
    Files.write(file(), lines);
    assertBroken("line 2", "does not follow");
  }

  @Test
  void namesATypeItDoesNotKnow() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), foreign("\"v\":1,\"n\":1,\"type\":\"rotated\""));
    assertBroken("line 1", "'rotated'");
  }

  @Test
  void namesAFormatItDoesNotKnow() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), foreign("\"v\":2,\"n\":1,\"type\":\"locked\",\"why\":\"x\""));
    assertBroken("line 1", "its format is 2");
  }

  @Test
  void keepsRecordsOfManyThreadsInOneChain() throws Exception {
    try (Ledger ledger = open()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        threads.add(Thread.ofVirtual().start(() -> fill(ledger, 20)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    try (Ledger ledger = open()) {
      assertThat(ledger.entries()).hasSize(160);
    }
  }

  @Test
  void recordsWhatAnInterruptedThreadAppends() {
    try (Ledger ledger = open()) {
      Thread.currentThread().interrupt();
      ledger.append(new Event.Locked("interrupted"));
      assertThat(Thread.interrupted()).isTrue();
      ledger.append(new Event.Locked("after"));
      assertThat(ledger.entries()).hasSize(2);
    }
  }

  @Test
  void refusesToRecordAfterItWasClosed() {
    Ledger ledger = open();
    ledger.close();
    assertThatThrownBy(() -> ledger.append(new Event.Locked("late")))
        .isInstanceOfSatisfying(
            Refusal.Declined.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.LEDGER_FAILED));
  }

  private static String foreign(String fields) throws Exception {
    String body = "{" + fields + ",\"at\":\"" + NOW + "\",\"prev\":\"" + "0".repeat(64) + "\"}";
    byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(body.getBytes());
    return body.substring(0, body.length() - 1)
        + ",\"hash\":\""
        + java.util.HexFormat.of().formatHex(hash)
        + "\"}\n";
  }

  private void assertBroken(String line, String what) {
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            Refusal.Declined.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.LEDGER_FAILED))
        .hasMessageContaining(line)
        .hasMessageContaining(what);
  }

  private void fill(int lines) {
    try (Ledger ledger = open()) {
      fill(ledger, lines);
    }
  }

  private static void fill(Ledger ledger, int lines) {
    for (int i = 0; i < lines; i++) {
      ledger.append(new Event.Locked("idle"));
    }
  }

  private Path file() {
    return state.resolve("ledger/ledger.jsonl");
  }

  private Ledger open() {
    return Ledger.open(state.resolve("ledger"), InstantSource.fixed(NOW));
  }
}
