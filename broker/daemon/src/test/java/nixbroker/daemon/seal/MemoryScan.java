package nixbroker.daemon.seal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Counts a byte string in all of this process's readable memory, without holding it: what is looked
 * for is given, and kept, with every byte xor 0xa5.
 */
final class MemoryScan {
  static final int MASK = 0xa5;
  private static final int CHUNK = 1 << 20;

  private MemoryScan() {}

  static int hits(byte[] masked) throws IOException {
    int hits = 0;
    byte[] chunk = new byte[CHUNK];
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
        String[] parts = line.split("[ -]", 4);
        if (parts[2].startsWith("r") && !line.contains("[vvar") && !line.contains("[vsyscall]")) {
          hits +=
              hits(
                  memory,
                  Long.parseUnsignedLong(parts[0], 16),
                  Long.parseUnsignedLong(parts[1], 16),
                  masked,
                  chunk);
        }
      }
    } finally {
      Arrays.fill(chunk, (byte) 0);
    }
    return hits;
  }

  private static int hits(
      RandomAccessFile memory, long from, long to, byte[] masked, byte[] chunk) {
    int hits = 0;
    long at = from;
    while (at < to) {
      int read;
      try {
        memory.seek(at);
        read = memory.read(chunk, 0, (int) Math.min(chunk.length, to - at));
      } catch (IOException e) {
        // A region the kernel shows to nobody: memfd_secret, guard pages.
        return hits;
      }
      if (read < masked.length) {
        return hits;
      }
      hits += hits(chunk, read, masked);
      at += read == to - at ? read : read - masked.length + 1;
    }
    return hits;
  }

  private static int hits(byte[] chunk, int length, byte[] masked) {
    int hits = 0;
    for (int i = 0; i + masked.length <= length; i++) {
      int same = 0;
      while (same < masked.length && (byte) (chunk[i + same] ^ MASK) == masked[same]) {
        same++;
      }
      hits += same == masked.length ? 1 : 0;
    }
    return hits;
  }
}
