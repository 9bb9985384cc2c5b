package nixbroker.age;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.Test;

/** Looks through all of this process's memory for a class A key. */
class TheMemoryOfAProcess {
  private static final byte MASK = 0x5a;
  private static final int PIECE = 1 << 20;

  @Test
  void holdsAnIdentityOnceWhileItIsUsedAndNeverAfterwards() throws Exception {
    byte[] seed = "a seed that is hashed: 32 bytes.".getBytes(StandardCharsets.US_ASCII);
    byte[] masked = maskedScalar(seed);
    X25519Identity identity = X25519Identity.ofSshEd25519Seed(seed);
    byte[] file = AgeFile.encrypt(new byte[32], List.of(identity.recipient()));
    for (int i = 0; i < 500; i++) {
      AgeFile.decrypt(file, identity);
      encodeAndParse(identity);
    }
    assertThat(copies(masked)).isEqualTo(1);

    byte[] planted = new byte[masked.length];
    unmask(masked, planted);
    assertThat(copies(masked)).isEqualTo(2);
    Arrays.fill(planted, (byte) 0);

    identity.close();
    assertThat(copies(masked)).isZero();
  }

  /** As master.age is made and opened: its text goes from page to page. */
  private static void encodeAndParse(X25519Identity identity) throws AgeException {
    try (SecretPage text = identity.encoded()) {
      byte[] file = AgeFile.encrypt(text, List.of(identity.recipient()));
      try (SecretPage again = AgeFile.decryptToPage(file, identity);
          X25519Identity parsed = X25519Identity.parse(again)) {
        assertThat(parsed.recipient()).isEqualTo(identity.recipient());
      }
    }
  }

  private static byte[] maskedScalar(byte[] seed) {
    try (SecretPage hash = SecretPage.allocate(64)) {
      LibCrypto.sha512(MemorySegment.ofArray(seed), hash.segment());
      byte[] masked = new byte[32];
      for (int i = 0; i < masked.length; i++) {
        masked[i] = (byte) (hash.segment().get(JAVA_BYTE, i) ^ MASK);
      }
      return masked;
    }
  }

  private static void unmask(byte[] masked, byte[] into) {
    for (int i = 0; i < masked.length; i++) {
      into[i] = (byte) (masked[i] ^ MASK);
    }
  }

  private static int copies(byte[] masked) throws IOException {
    int found = 0;
    try (Arena arena = Arena.ofConfined();
        FileChannel memory = FileChannel.open(Path.of("/proc/self/mem"), StandardOpenOption.READ)) {
      MemorySegment piece = arena.allocate(PIECE + masked.length);
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        String[] bounds = line.split(" ", 2)[0].split("-");
        if (line.contains(" r") && !line.contains("[v")) {
          long from = Long.parseUnsignedLong(bounds[0], 16);
          long to = Long.parseUnsignedLong(bounds[1], 16);
          for (long at = from; at < to; at += PIECE) {
            found +=
                copies(memory, at, Math.min(to, at + PIECE + masked.length - 1), piece, masked);
          }
        }
      }
    }
    return found;
  }

  /** Copies that start within this piece; the piece's own bytes do not count. */
  private static int copies(
      FileChannel memory, long from, long to, MemorySegment piece, byte[] masked)
      throws IOException {
    ByteBuffer buffer = piece.asByteBuffer().limit((int) (to - from));
    while (buffer.hasRemaining() && memory.read(buffer, from + buffer.position()) > 0) {}
    int found = 0;
    for (int i = 0; i + masked.length <= buffer.position(); i++) {
      long address = from + i;
      boolean own =
          address >= piece.address() - masked.length
              && address < piece.address() + piece.byteSize();
      if (!own && matches(piece, i, masked)) {
        found++;
      }
    }
    piece.fill((byte) 0);
    return found;
  }

  private static boolean matches(MemorySegment piece, int at, byte[] masked) {
    for (int i = 0; i < masked.length; i++) {
      if ((piece.get(JAVA_BYTE, at + i) ^ MASK) != masked[i]) {
        return false;
      }
    }
    return true;
  }
}
