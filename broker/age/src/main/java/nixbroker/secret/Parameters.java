package nixbroker.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An OSSL_PARAM array that points at its values, ended by an empty entry. */
final class Parameters {
  private static final long ENTRY = 40;
  private static final int TEXT = 4;
  private static final int OCTETS = 5;

  private final Arena arena;
  private final MemorySegment array;
  private long at;

  Parameters(Arena arena, int entries) {
    this.arena = arena;
    this.array = arena.allocate((entries + 1) * ENTRY, 8);
  }

  Parameters text(String name, String value) {
    MemorySegment text = arena.allocateFrom(value);
    return add(name, TEXT, text.asSlice(0, text.byteSize() - 1));
  }

  /** The value is native and is not copied. */
  Parameters octets(String name, MemorySegment value) {
    return add(name, OCTETS, value);
  }

  MemorySegment array() {
    return array;
  }

  private Parameters add(String name, int type, MemorySegment value) {
    array.set(ADDRESS, at, arena.allocateFrom(name));
    array.set(JAVA_INT, at + 8, type);
    array.set(ADDRESS, at + 16, value);
    array.set(JAVA_LONG, at + 24, value.byteSize());
    at += ENTRY;
    return this;
  }
}
