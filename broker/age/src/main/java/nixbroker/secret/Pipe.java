package nixbroker.secret;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pipe2(O_CLOEXEC) pair whose bytes go between descriptor and page without touching the heap. A
 * read or write holds its carrier thread.
 */
public final class Pipe implements AutoCloseable {
  private static final int CLOSED = -1;

  private final AtomicInteger readEnd;
  private final AtomicInteger writeEnd;

  private Pipe(int readEnd, int writeEnd) {
    this.readEnd = new AtomicInteger(readEnd);
    this.writeEnd = new AtomicInteger(writeEnd);
  }

  public static Pipe open() {
    int[] ends = LibC.pipe();
    return new Pipe(ends[0], ends[1]);
  }

  /** For ProcessBuilder.Redirect.from, while this end is open here. */
  public File childReads() {
    return path(readEnd);
  }

  /** For ProcessBuilder.Redirect.to, while this end is open here. */
  public File childWrites() {
    return path(writeEnd);
  }

  /** After the child has started: without this the writer never learns that the child has gone. */
  public void closeReadEnd() {
    close(readEnd);
  }

  /** After the child has started, or when all is written: the reader sees the end of the file. */
  public void closeWriteEnd() {
    close(writeEnd);
  }

  /**
   * One read(2) of at most max bytes into the page at offset.
   *
   * @return the count, 0 at end of file
   * @throws InterruptedIOException when nothing arrives within the timeout
   */
  public int read(SecretPage page, int offset, int max, Duration timeout) throws IOException {
    MemorySegment into = page.segment().asSlice(offset, max);
    if (max == 0) {
      throw new IllegalArgumentException("no room to read into");
    }
    int fd = fd(readEnd);
    awaitReadable(fd, timeout);
    while (true) {
      LibC.Outcome outcome = LibC.read(fd, into);
      if (!outcome.failed()) {
        return (int) outcome.value();
      }
      if (outcome.errno() != LibC.EINTR) {
        throw new IOException("read failed with errno " + outcome.errno());
      }
    }
  }

  /**
   * write(2) of all of the page's bytes [offset, offset+length).
   *
   * @throws IOException when nobody reads any more
   */
  public void write(SecretPage page, int offset, int length) throws IOException {
    MemorySegment rest = page.segment().asSlice(offset, length);
    int fd = fd(writeEnd);
    while (rest.byteSize() > 0) {
      LibC.Outcome outcome = LibC.write(fd, rest);
      if (!outcome.failed()) {
        rest = rest.asSlice(outcome.value());
      } else if (outcome.errno() == LibC.EPIPE) {
        throw new IOException("nobody reads this pipe any more");
      } else if (outcome.errno() != LibC.EINTR) {
        throw new IOException("write failed with errno " + outcome.errno());
      }
    }
  }

  @Override
  public void close() {
    closeReadEnd();
    closeWriteEnd();
  }

  private static void awaitReadable(int fd, Duration timeout) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      long left = Math.max(0, deadline - System.nanoTime());
      int milliseconds = (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
      LibC.Outcome outcome = LibC.awaitReadable(fd, milliseconds);
      if (outcome.value() > 0) {
        return;
      }
      if (outcome.value() == 0 && deadline - System.nanoTime() <= 0) {
        throw new InterruptedIOException("nothing to read within " + timeout);
      }
      if (outcome.failed() && outcome.errno() != LibC.EINTR) {
        throw new IOException("poll failed with errno " + outcome.errno());
      }
    }
  }

  private static File path(AtomicInteger end) {
    int fd = end.get();
    if (fd == CLOSED) {
      throw new IllegalStateException("this end of the pipe is closed");
    }
    return new File("/proc/self/fd/" + fd);
  }

  private static int fd(AtomicInteger end) throws IOException {
    int fd = end.get();
    if (fd == CLOSED) {
      throw new IOException("this end of the pipe is closed");
    }
    return fd;
  }

  private static void close(AtomicInteger end) {
    int fd = end.getAndSet(CLOSED);
    if (fd != CLOSED) {
      LibC.close(fd);
    }
  }
}
