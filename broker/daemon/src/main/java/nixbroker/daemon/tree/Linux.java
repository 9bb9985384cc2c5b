package nixbroker.daemon.tree;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The calls of Linux that Java has no words for. */
@SuppressWarnings("restricted")
final class Linux {
  static final int ENOENT = 2;
  static final int ENXIO = 6;
  static final int EEXIST = 17;
  static final int EXDEV = 18;
  static final int ENOTDIR = 20;
  static final int EINVAL = 22;
  static final int ELOOP = 40;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  private static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int AT_FDCWD = -100;
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPENAT =
      function("openat", Linker.Option.firstVariadicArg(3), INT, POINTER, INT);
  private static final MethodHandle RENAMEAT2 =
      function("renameat2", null, INT, POINTER, INT, POINTER, INT);
  private static final MethodHandle FSYNC = function("fsync", null, INT);
  private static final MethodHandle SYNCFS = function("syncfs", null, INT);
  private static final MethodHandle CLOSE = function("close", null, INT);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(
          LIBC.findOrThrow("strerror"), FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

  private Linux() {}

  /** A call that the kernel refused. */
  static final class Errno extends IOException {
    private static final long serialVersionUID = 1L;
    private final int number;

    Errno(String what, int number) {
      super(what + ": " + text(number));
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** Opens a folder by its absolute path; the last part is not followed. */
  static int openFolder(String path) throws Errno {
    return open(AT_FDCWD, path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }

  /** Opens a folder in a folder; ENOTDIR for a symbolic link. */
  static int openFolder(int folder, String name) throws Errno {
    return open(folder, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  }

  /** Opens whatever has this name, for reading and without waiting; ELOOP for a symbolic link. */
  static int openFile(int folder, String name) throws Errno {
    return open(folder, name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  }

  private static int open(int folder, String name, int flags) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = (int) OPENAT.invokeExact(state, folder, arena.allocateFrom(name), flags);
      return checked(name, fd, state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Swaps two files; EINVAL where the file system cannot. */
  static void exchange(int from, String name, int to, String toName) throws Errno {
    rename(from, name, to, toName, RENAME_EXCHANGE);
  }

  /** Moves a file where none is; EEXIST where one is. */
  static void move(int from, String name, int to, String toName) throws Errno {
    rename(from, name, to, toName, RENAME_NOREPLACE);
  }

  private static void rename(int from, String name, int to, String toName, int how) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment source = arena.allocateFrom(name);
      MemorySegment target = arena.allocateFrom(toName);
      int result = (int) RENAMEAT2.invokeExact(state, from, source, to, target, how);
      checked(toName, result, state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static void fsync(int fd) throws Errno {
    onDescriptor(FSYNC, "fsync", fd);
  }

  /** Makes everything of the descriptor's file system durable. */
  static void syncfs(int fd) throws Errno {
    onDescriptor(SYNCFS, "syncfs", fd);
  }

  static void close(int fd) throws Errno {
    onDescriptor(CLOSE, "close", fd);
  }

  private static void onDescriptor(MethodHandle call, String name, int fd) throws Errno {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      checked(name, (int) call.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int checked(String what, int result, MemorySegment state) throws Errno {
    if (result < 0) {
      throw new Errno(what, (int) ERRNO.get(state, 0L));
    }
    return result;
  }

  private static String text(int number) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(number);
      return text.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new AssertionError("strerror does not throw", e);
    }
  }

  private static RuntimeException unexpected(Throwable e) throws Errno {
    return switch (e) {
      case Errno errno -> throw errno;
      case RuntimeException unchecked -> unchecked;
      case Throwable other -> throw new AssertionError("a native call throws nothing", other);
    };
  }

  private static MethodHandle function(String name, Linker.Option more, MemoryLayout... arguments) {
    Linker.Option errno = Linker.Option.captureCallState("errno");
    Linker.Option[] options =
        more == null ? new Linker.Option[] {errno} : new Linker.Option[] {errno, more};
    return LINKER.downcallHandle(
        LIBC.findOrThrow(name), FunctionDescriptor.of(INT, arguments), options);
  }
}
