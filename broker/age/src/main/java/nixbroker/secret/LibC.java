package nixbroker.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The system calls that secrets need; Linux, 64 bit. The only class that binds libc. */
@SuppressWarnings("restricted")
final class LibC {
  static final int EINTR = 4;
  static final int EPIPE = 32;

  private static final int SC_PAGESIZE = 30;
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTDUMP = 16;
  private static final int MADV_WIPEONFORK = 18;
  private static final int O_CLOEXEC = 0x80000;
  private static final short POLLIN = 1;
  private static final int PR_SET_DUMPABLE = 4;
  private static final int RLIMIT_CORE = 4;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO_OF =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SYSCONF = bind("sysconf", JAVA_LONG, JAVA_INT);
  private static final MethodHandle MMAP =
      bind("mmap", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MUNMAP = bind("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle MPROTECT =
      bind("mprotect", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle MLOCK = bind("mlock", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle MADVISE =
      bind("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle EXPLICIT_BZERO =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("explicit_bzero"),
          FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
  private static final MethodHandle PIPE2 = bind("pipe2", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle READ = bind("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = bind("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle POLL = bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle PRCTL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("prctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
          ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle SETRLIMIT = bind("setrlimit", JAVA_INT, JAVA_INT, ADDRESS);

  private static final long PAGE =
      result("sysconf", state -> (long) SYSCONF.invokeExact(state, SC_PAGESIZE));

  private LibC() {}

  /** What a system call returned (its errno when that is -1). */
  record Outcome(long value, int errno) {
    boolean failed() {
      return value == -1;
    }
  }

  @FunctionalInterface
  private interface Call {
    long invoke(MemorySegment state) throws Throwable;
  }

  static long pageSize() {
    return PAGE;
  }

  /**
   * Readable and writable whole pages of at least this many bytes, between two that are neither.
   */
  static long mapGuarded(long bytes) {
    long all = bytes + 2 * PAGE;
    long base =
        result(
            "mmap",
            state ->
                (long)
                    MMAP.invokeExact(
                        state, MemorySegment.NULL, all, PROT_NONE, MAP_PRIVATE_ANONYMOUS, -1, 0L));
    return base + PAGE;
  }

  /** The mapping's bytes, alive as long as the arena. */
  static MemorySegment at(long address, long bytes, Arena arena) {
    return MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
  }

  static void makeAccessible(MemorySegment pages) {
    result(
        "mprotect",
        state -> (int) MPROTECT.invokeExact(state, pages, pages.byteSize(), PROT_READ_WRITE));
  }

  static Outcome lock(MemorySegment pages) {
    return outcome(state -> (int) MLOCK.invokeExact(state, pages, pages.byteSize()));
  }

  static void hideFromDumpsAndForks(MemorySegment pages) {
    for (int advice : new int[] {MADV_DONTDUMP, MADV_WIPEONFORK}) {
      result("madvise", state -> (int) MADVISE.invokeExact(state, pages, pages.byteSize(), advice));
    }
  }

  static void wipe(MemorySegment bytes) {
    NativeCall.of(
        () -> {
          EXPLICIT_BZERO.invokeExact(bytes, bytes.byteSize());
          return null;
        });
  }

  /** Undoes mapGuarded of this many bytes. */
  static void unmapGuarded(long address, long bytes) {
    result("munmap", state -> (int) MUNMAP.invokeExact(state, address - PAGE, bytes + 2 * PAGE));
  }

  /** Read end, write end. */
  static int[] pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      result("pipe2", state -> (int) PIPE2.invokeExact(state, ends, O_CLOEXEC));
      return ends.toArray(JAVA_INT);
    }
  }

  static Outcome read(int fd, MemorySegment into) {
    return outcome(state -> (long) READ.invokeExact(state, fd, into, into.byteSize()));
  }

  static Outcome write(int fd, MemorySegment from) {
    return outcome(state -> (long) WRITE.invokeExact(state, fd, from, from.byteSize()));
  }

  /** 0 when nothing can be read within so many milliseconds. */
  static Outcome awaitReadable(int fd, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, fd);
      poll.set(JAVA_SHORT, 4, POLLIN);
      return outcome(state -> (int) POLL.invokeExact(state, poll, 1L, milliseconds));
    }
  }

  static void close(int fd) {
    result("close", state -> (int) CLOSE.invokeExact(state, fd));
  }

  static void makeUndumpable() {
    result("prctl", state -> (int) PRCTL.invokeExact(state, PR_SET_DUMPABLE, 0L));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(JAVA_LONG, 2);
      result("setrlimit", state -> (int) SETRLIMIT.invokeExact(state, RLIMIT_CORE, none));
    }
  }

  static SecretMemoryException failure(String what, int errno) {
    return new SecretMemoryException(what + " failed with errno " + errno);
  }

  private static long result(String what, Call call) {
    Outcome outcome = outcome(call);
    if (outcome.failed()) {
      throw failure(what, outcome.errno());
    }
    return outcome.value();
  }

  private static Outcome outcome(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long value = NativeCall.of(() -> call.invoke(state));
      return new Outcome(value, value == -1 ? (int) ERRNO_OF.get(state, 0L) : 0);
    }
  }

  private static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments), ERRNO);
  }
}
