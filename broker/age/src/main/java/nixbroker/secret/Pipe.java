package nixbroker.secret;

/** A pipe2(O_CLOEXEC) pair whose bytes go between descriptor and page without touching the heap. */
public final class Pipe implements AutoCloseable {
  private Pipe() {}

  public static Pipe open() {
    throw new UnsupportedOperationException();
  }

  /** For ProcessBuilder.Redirect: /proc/self/fd/N of the end the child gets. */
  public java.io.File childReads() {
    throw new UnsupportedOperationException();
  }

  public java.io.File childWrites() {
    throw new UnsupportedOperationException();
  }

  public void closeReadEnd() {
    throw new UnsupportedOperationException();
  }

  public void closeWriteEnd() {
    throw new UnsupportedOperationException();
  }

  /**
   * One read(2) of at most max bytes into the page at offset; 0 at end of file; waits at most
   * timeout (throws java.io.InterruptedIOException).
   */
  public int read(SecretPage page, int offset, int max, java.time.Duration timeout)
      throws java.io.IOException {
    throw new UnsupportedOperationException();
  }

  /** write(2) of all of the page's bytes [offset, offset+length). */
  public void write(SecretPage page, int offset, int length) throws java.io.IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
