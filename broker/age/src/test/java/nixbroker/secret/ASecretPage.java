package nixbroker.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ASecretPage {
  /** One mapping of /proc/self/smaps. */
  record Mapping(long from, long to, String access, List<String> flags) {
    boolean holds(long address) {
      return Long.compareUnsigned(from, address) <= 0 && Long.compareUnsigned(address, to) < 0;
    }
  }

  @Test
  void isLockedAndLeftOutOfDumpsAndForks() throws Exception {
    try (SecretPage page = SecretPage.allocate(32)) {
      assertThat(mapping(page.segment().address()).flags()).contains("lo", "dd", "wf");
    }
  }

  @Test
  void isAloneBetweenTwoPagesThatNobodyCanTouch() throws Exception {
    try (SecretPage page = SecretPage.allocate(32)) {
      Mapping own = mapping(page.segment().address());
      assertThat(own.access()).isEqualTo("rw-p");
      assertThat(own.to() - own.from()).isEqualTo(LibC.pageSize());
      assertThat(mapping(own.from() - 1).access()).isEqualTo("---p");
      assertThat(mapping(own.to()).access()).isEqualTo("---p");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 4097, 100_000})
  void hasExactlyTheLengthAskedFor(int length) throws Exception {
    try (SecretPage page = SecretPage.allocate(length)) {
      assertThat(page.length()).isEqualTo(length);
      assertThat(page.segment().byteSize()).isEqualTo(length);
      assertThat(page.segment().toArray(JAVA_BYTE)).containsOnly(new byte[length]);
      assertThatThrownBy(() -> page.segment().get(JAVA_BYTE, length))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void isUnmappedByCloseAndThrowsAfterwards() throws Exception {
    SecretPage page = SecretPage.allocate(32);
    MemorySegment kept = page.segment();
    long address = kept.address();
    page.close();
    page.close();

    assertThatThrownBy(page::segment).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kept.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    assertThat(mappings()).noneMatch(mapping -> mapping.holds(address) && isLocked(mapping));
  }

  private static boolean isLocked(Mapping mapping) {
    return mapping.flags().contains("lo");
  }

  @Test
  void isClosedOnceByManyThreads() throws Exception {
    int before = SecretPage.open();
    SecretPage page = SecretPage.allocate(32);
    Callable<Void> close =
        () -> {
          page.close();
          return null;
        };
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (Future<Void> done : threads.invokeAll(List.of(close, close, close, close, close))) {
        done.get();
      }
    }
    assertThat(SecretPage.open()).isEqualTo(before);
  }

  @Test
  void isCountedUntilItIsClosed() {
    int before = SecretPage.open();
    SecretPage page = SecretPage.allocateConfined(32);
    assertThat(SecretPage.open()).isEqualTo(before + 1);
    page.close();
    assertThat(SecretPage.open()).isEqualTo(before);
  }

  @Test
  void doesNotShowItsBytes() {
    try (SecretPage page = SecretPage.allocate(3)) {
      page.segment().fill((byte) 'x');
      assertThat(page).hasToString("SecretPage[3 bytes]");
    }
  }

  private static Mapping mapping(long address) throws Exception {
    return mappings().stream()
        .filter(mapping -> mapping.holds(address))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not mapped"));
  }

  private static List<Mapping> mappings() throws Exception {
    Pattern head = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) .*");
    List<Mapping> mappings = new ArrayList<>();
    Matcher current = null;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      Matcher matcher = head.matcher(line);
      if (matcher.matches()) {
        current = matcher;
      } else if (line.startsWith("VmFlags:")) {
        mappings.add(
            new Mapping(
                Long.parseUnsignedLong(current.group(1), 16),
                Long.parseUnsignedLong(current.group(2), 16),
                current.group(3),
                Arrays.asList(line.substring(8).trim().split(" "))));
      }
    }
    return mappings;
  }
}
