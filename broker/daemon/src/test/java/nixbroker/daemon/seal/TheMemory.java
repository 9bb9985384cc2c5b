package nixbroker.daemon.seal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.hardware.Desk;
import nixbroker.daemon.hardware.Hardware;
import nixbroker.daemon.ledger.Ledger;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheMemory {
  private static final int CYCLES = 2;
  private static final int PREFIX = "AGE-SECRET-KEY-1".length();
  private static final int SCALAR = 32;
  private static final String ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

  @TempDir private Path folder;

  @Test
  void showsAPlantedCanary() throws IOException {
    byte[] canary = new byte[24];
    new SplittableRandom().nextBytes(canary);
    byte[] masked = canary.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= (byte) MemoryScan.MASK;
    }
    assertThat(MemoryScan.hits(masked)).isPositive();
    assertThat(canary).isNotEqualTo(masked);
  }

  @Test
  void holdsNeitherPinNorMasterKeyOnceLocked() throws Exception {
    Desk desk = new Desk(folder);
    Path pin = changeThePin(desk);
    Hardware.Enrolled enrolled = desk.enrol();
    byte[] scalar;
    byte[] masterAge;
    try (X25519Identity made = X25519Identity.generate()) {
      scalar = maskedScalar(made);
      masterAge = Desk.masterAge(made, enrolled);
    }
    try (Ledger ledger = Ledger.open(folder.resolve("ledger"), InstantSource.system());
        Seal seal =
            new Seal(
                new Seal.Settings(Duration.ofHours(1), Duration.ofHours(1)),
                ledger,
                InstantSource.system())) {
      for (int i = 0; i < CYCLES; i++) {
        Hardware.Opened opened =
            desk.hardware().open(masterAge, List.of(enrolled), Desk.REQUESTER, desk);
        seal.unlock(opened.key(), opened.master());
        seal.withMaster(X25519Identity::recipient);
        seal.lock("lock");
      }
    }
    assertThat(MemoryScan.hits(masked(pin))).as("copies of the PIN").isZero();
    assertThat(MemoryScan.hits(scalar)).as("copies of the master key").isZero();
  }

  /** A random PIN, made and given to card and pinentry by a child, so that it never was here. */
  private Path changeThePin(Desk desk) throws IOException, InterruptedException {
    Path pin = folder.resolve("pin");
    String script =
        """
        tr -dc 0-9 < /dev/urandom | head -c 8 > "$1"
        hex=$(od -An -tx1 "$1" | tr -d ' \\n')
        sed -i "s/^pin: .*/pin: $hex/" "$2"
        """;
    Process child =
        new ProcessBuilder("sh", "-c", script, "sh", pin.toString(), desk.keyFile().toString())
            .inheritIO()
            .start();
    assertThat(child.waitFor()).isZero();
    desk.pinentryRuns("printf 'D '; cat " + pin + "; printf '\\nOK\\n'");
    return pin;
  }

  private static byte[] masked(Path file) throws IOException {
    byte[] masked = new byte[(int) Files.size(file)];
    try (InputStream in = Files.newInputStream(file)) {
      for (int i = 0; i < masked.length; i++) {
        masked[i] = (byte) (in.read() ^ MemoryScan.MASK);
      }
    }
    return masked;
  }

  /** The 32 bytes that the identity's text encodes five bits a character. */
  private static byte[] maskedScalar(X25519Identity identity) {
    byte[] masked = new byte[SCALAR];
    Arrays.fill(masked, (byte) MemoryScan.MASK);
    try (SecretPage page = identity.encoded()) {
      MemorySegment text = page.segment();
      assertThat(
              new String(
                  text.asSlice(0, PREFIX).toArray(ValueLayout.JAVA_BYTE),
                  StandardCharsets.US_ASCII))
          .isEqualTo("AGE-SECRET-KEY-1");
      for (int bit = 0; bit < SCALAR * 8; bit++) {
        int five = ALPHABET.indexOf(text.get(ValueLayout.JAVA_BYTE, PREFIX + bit / 5));
        masked[bit / 8] ^= (byte) ((five >> (4 - bit % 5) & 1) << (7 - bit % 8));
      }
    }
    return masked;
  }
}
