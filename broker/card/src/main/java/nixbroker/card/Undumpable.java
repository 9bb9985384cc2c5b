package nixbroker.card;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/** Takes this process out of reach of core dumps, ptrace and /proc/PID/mem; Linux only. */
final class Undumpable {
  private static final int PR_SET_DUMPABLE = 4;

  private Undumpable() {}

  @SuppressWarnings("restricted")
  static void makeThisProcess() {
    Linker linker = Linker.nativeLinker();
    var prctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("prctl"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    int result;
    try {
      result = (int) prctl.invokeExact(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("prctl cannot be called", e);
    }
    if (result != 0) {
      throw new IllegalStateException("prctl(PR_SET_DUMPABLE) was refused");
    }
  }
}
