package nixbroker.secret;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A class A secret: memory outside the heap that is locked, kept out of core dumps and of forked
 * children, between two pages that cannot be touched, and wiped on close.
 *
 * <p>Nothing collects a forgotten page: {@link #open()} counts those not yet closed, and the error
 * of an allocation that fails names the count.
 */
public final class SecretPage implements AutoCloseable {
  private static final AtomicInteger OPEN = new AtomicInteger();

  private final Arena arena;
  private final MemorySegment pages;
  private final MemorySegment bytes;
  private boolean closed;

  private SecretPage(Arena arena, MemorySegment pages, int length) {
    this.arena = arena;
    this.pages = pages;
    this.bytes = pages.asSlice(0, length);
  }

  /**
   * A page that any thread may use and close.
   *
   * @param length in bytes, 0 or more
   * @throws SecretMemoryException when the memory cannot be had or locked
   */
  public static SecretPage allocate(int length) {
    return allocate(length, Arena.ofShared());
  }

  /** The same for a single call: only the thread that allocates it may use and close it. */
  public static SecretPage allocateConfined(int length) {
    return allocate(length, Arena.ofConfined());
  }

  private static SecretPage allocate(int length, Arena arena) {
    if (length < 0) {
      throw new IllegalArgumentException("a negative length");
    }
    long size = LibC.pageSize();
    long whole = Math.max(1, (length + size - 1) / size) * size;
    long address = LibC.mapGuarded(whole);
    MemorySegment pages = LibC.at(address, whole, arena);
    try {
      LibC.makeAccessible(pages);
      LibC.hideFromDumpsAndForks(pages);
      lock(pages);
    } catch (SecretMemoryException e) {
      arena.close();
      LibC.unmapGuarded(address, whole);
      throw e;
    }
    OPEN.incrementAndGet();
    return new SecretPage(arena, pages, length);
  }

  private static void lock(MemorySegment pages) {
    LibC.Outcome outcome = LibC.lock(pages);
    if (outcome.failed()) {
      throw new SecretMemoryException(
          "mlock of %d bytes failed with errno %d while %d pages are open; see ulimit -l"
              .formatted(pages.byteSize(), outcome.errno(), OPEN.get()));
    }
  }

  /** How many pages of this process are allocated and not closed. */
  public static int open() {
    return OPEN.get();
  }

  public int length() {
    return (int) bytes.byteSize();
  }

  /**
   * The live bytes, exactly length() long.
   *
   * @throws IllegalStateException after close
   */
  public synchronized MemorySegment segment() {
    if (closed) {
      throw new IllegalStateException("this page was wiped");
    }
    return bytes;
  }

  /**
   * Wipes, unlocks, unmaps; a second call does nothing.
   *
   * @throws IllegalStateException while a native call works on the page: it is wiped already, but
   *     stays mapped and can be closed again
   * @throws WrongThreadException on another thread when the page is confined
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    LibC.wipe(pages);
    long address = pages.address();
    arena.close();
    closed = true;
    OPEN.decrementAndGet();
    // munmap unlocks as well
    LibC.unmapGuarded(address, pages.byteSize());
  }

  @Override
  public String toString() {
    return "SecretPage[" + length() + " bytes]";
  }
}
