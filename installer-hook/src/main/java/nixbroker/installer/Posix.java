package nixbroker.installer;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that walk a tree by descriptor, which Java has only in part (no mkdirat). Linux
 * only. The one class of this program with native calls.
 */
@SuppressWarnings("restricted")
final class Posix {
  static final int EEXIST = 17;
  static final int ENOENT = 2;
  static final int ENOTDIR = 20;
  static final int ELOOP = 40;

  private static final boolean ARM =
      System.getProperty("os.arch").equals("aarch64")
          || System.getProperty("os.arch").equals("arm");
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0x40;
  private static final int O_EXCL = 0x80;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  private static final int AT_FDCWD = -100;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPENAT =
      handle("openat", 3, FunctionDescriptor.of(INT, INT, POINTER, INT, INT));
  private static final MethodHandle MKDIRAT =
      handle("mkdirat", -1, FunctionDescriptor.of(INT, INT, POINTER, INT));
  private static final MethodHandle UNLINKAT =
      handle("unlinkat", -1, FunctionDescriptor.of(INT, INT, POINTER, INT));
  private static final MethodHandle RENAMEAT =
      handle("renameat", -1, FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER));
  private static final MethodHandle FCHMOD =
      handle("fchmod", -1, FunctionDescriptor.of(INT, INT, INT));
  private static final MethodHandle FCHOWN =
      handle("fchown", -1, FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle FSYNC = handle("fsync", -1, FunctionDescriptor.of(INT, INT));
  private static final MethodHandle CLOSE = handle("close", -1, FunctionDescriptor.of(INT, INT));
  private static final MethodHandle WRITE =
      handle(
          "write",
          -1,
          FunctionDescriptor.of(ValueLayout.JAVA_LONG, INT, POINTER, ValueLayout.JAVA_LONG));
  private static final MethodHandle GETEUID =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("geteuid"), FunctionDescriptor.of(INT));

  private Posix() {}

  /** A system call said no. */
  static final class Error extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    private Error(String call, int errno) {
      super(call + " fails with errno " + errno);
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }

  private static MethodHandle handle(String name, int variadicFrom, FunctionDescriptor type) {
    Linker.Option errno = Linker.Option.captureCallState("errno");
    MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
    return variadicFrom < 0
        ? LINKER.downcallHandle(symbol, type, errno)
        : LINKER.downcallHandle(symbol, type, errno, Linker.Option.firstVariadicArg(variadicFrom));
  }

  private interface Call {
    long invoke(MemorySegment state, Arena arena) throws Throwable;
  }

  private static int checked(String name, Call call) throws Error {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = invoke(call, state, arena);
      if (result < 0) {
        throw new Error(name, (int) ERRNO.get(state, 0L));
      }
      return (int) result;
    }
  }

  private static long invoke(Call call, MemorySegment state, Arena arena) {
    try {
      return call.invoke(state, arena);
    } catch (RuntimeException | java.lang.Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException("a downcall throws nothing checked", impossible);
    }
  }

  /** Opens a directory; the path may go through symlinks. */
  static int openFolder(String path) throws Error {
    int flags = O_DIRECTORY | O_CLOEXEC;
    return checked(
        "open", (s, a) -> (int) OPENAT.invokeExact(s, AT_FDCWD, a.allocateFrom(path), flags, 0));
  }

  /** Opens a directory in a directory; a symlink is refused (ELOOP or ENOTDIR). */
  static int openFolderAt(int folder, String name) throws Error {
    int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    return checked(
        "openat", (s, a) -> (int) OPENAT.invokeExact(s, folder, a.allocateFrom(name), flags, 0));
  }

  /** Makes a new file, 0600, and opens it for writing. */
  static int createAt(int folder, String name) throws Error {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    return checked(
        "openat", (s, a) -> (int) OPENAT.invokeExact(s, folder, a.allocateFrom(name), flags, 0600));
  }

  static void makeFolderAt(int folder, String name, int mode) throws Error {
    checked("mkdirat", (s, a) -> (int) MKDIRAT.invokeExact(s, folder, a.allocateFrom(name), mode));
  }

  static void unlinkAt(int folder, String name) throws Error {
    checked("unlinkat", (s, a) -> (int) UNLINKAT.invokeExact(s, folder, a.allocateFrom(name), 0));
  }

  static void renameAt(int folder, String from, String to) throws Error {
    checked(
        "renameat",
        (s, a) ->
            (int)
                RENAMEAT.invokeExact(s, folder, a.allocateFrom(from), folder, a.allocateFrom(to)));
  }

  static void chmod(int file, int mode) throws Error {
    checked("fchmod", (s, _) -> (int) FCHMOD.invokeExact(s, file, mode));
  }

  static void chown(int file, int uid, int gid) throws Error {
    checked("fchown", (s, _) -> (int) FCHOWN.invokeExact(s, file, uid, gid));
  }

  static void sync(int file) throws Error {
    checked("fsync", (s, _) -> (int) FSYNC.invokeExact(s, file));
  }

  static void close(int file) throws Error {
    checked("close", (s, _) -> (int) CLOSE.invokeExact(s, file));
  }

  /** Writes all of it; the off-heap copy is wiped. */
  static void write(int file, byte[] content) throws Error {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(Math.max(1, content.length));
      MemorySegment.copy(content, 0, copy, ValueLayout.JAVA_BYTE, 0, content.length);
      try {
        for (long at = 0; at < content.length; ) {
          MemorySegment rest = copy.asSlice(at, content.length - at);
          at +=
              checked("write", (s, _) -> (long) WRITE.invokeExact(s, file, rest, rest.byteSize()));
        }
      } finally {
        copy.fill((byte) 0);
      }
    }
  }

  static boolean isRoot() {
    return invoke((_, _) -> (int) GETEUID.invokeExact(), MemorySegment.NULL, null) == 0;
  }
}
