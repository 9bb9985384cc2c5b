package nixbroker.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class APipe {
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void carriesBytesToAChildAndBack() throws Exception {
    int length = 200_000;
    try (Pipe there = Pipe.open();
        Pipe back = Pipe.open();
        SecretPage out = SecretPage.allocate(length);
        SecretPage in = SecretPage.allocate(length)) {
      out.segment().fill((byte) 'x');
      Process cat =
          new ProcessBuilder("cat")
              .redirectInput(there.childReads())
              .redirectOutput(back.childWrites())
              .start();
      there.closeReadEnd();
      back.closeWriteEnd();
      Thread writer = Thread.ofPlatform().start(() -> writeAll(there, out));
      int got = 0;
      while (got < length) {
        int count = back.read(in, got, length - got, SOON);
        assertThat(count).isPositive();
        got += count;
      }
      writer.join();
      assertThat(in.segment().mismatch(out.segment())).isEqualTo(-1);
      assertThat(cat.waitFor()).isZero();
    }
  }

  private static void writeAll(Pipe pipe, SecretPage page) {
    try {
      pipe.write(page, 0, page.length());
      pipe.closeWriteEnd();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readsWhatIsThereIntoTheMiddleOfAPage() throws Exception {
    try (Pipe pipe = Pipe.open();
        SecretPage page = SecretPage.allocate(10)) {
      page.segment().copyFrom(java.lang.foreign.MemorySegment.ofArray(ascii("0123456789")));
      pipe.write(page, 2, 3);
      assertThat(pipe.read(page, 5, 5, SOON)).isEqualTo(3);
      assertThat(page.segment().toArray(JAVA_BYTE)).isEqualTo(ascii("0123423489"));
    }
  }

  @Test
  void givesZeroAtItsEnd() throws Exception {
    try (Pipe pipe = Pipe.open();
        SecretPage page = SecretPage.allocate(10)) {
      pipe.closeWriteEnd();
      assertThat(pipe.read(page, 0, 10, SOON)).isZero();
    }
  }

  @Test
  void doesNotWaitForEver() throws Exception {
    try (Pipe pipe = Pipe.open();
        SecretPage page = SecretPage.allocate(10)) {
      assertThatThrownBy(() -> pipe.read(page, 0, 10, Duration.ofMillis(20)))
          .isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void saysThatItsReaderHasGone() throws Exception {
    try (Pipe pipe = Pipe.open();
        SecretPage page = SecretPage.allocate(10)) {
      pipe.closeReadEnd();
      assertThatThrownBy(() -> pipe.write(page, 0, 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nobody reads");
    }
  }

  @Test
  void isNotInheritedByOtherChildren() throws Exception {
    try (Pipe pipe = Pipe.open()) {
      String end = pipe.childReads().getName();
      Process list = new ProcessBuilder("ls", "/proc/self/fd").start();
      String open = new String(list.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(open.lines()).doesNotContain(end);
    }
  }

  @Test
  void isClosedTwiceWithoutHarm() throws Exception {
    Pipe pipe = Pipe.open();
    pipe.close();
    pipe.close();
    assertThatThrownBy(pipe::childReads).isInstanceOf(IllegalStateException.class);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
