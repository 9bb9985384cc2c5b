package nixbroker.secret;

import java.lang.foreign.MemorySegment;

/** Class A secret: locked off-heap pages with guards; wiped on close. */
public final class SecretPage implements AutoCloseable {
  private SecretPage() {}

  /**
   * @throws SecretMemoryException when the page cannot be locked
   */
  public static SecretPage allocate(int length) {
    throw new UnsupportedOperationException();
  }

  public int length() {
    throw new UnsupportedOperationException();
  }

  /** The live bytes, exactly length() long; throws IllegalStateException after close. */
  public MemorySegment segment() {
    throw new UnsupportedOperationException();
  }

  /** Wipes, unlocks, unmaps; idempotent. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
