package nixbroker.secret;

/** A downcall; invokeExact declares Throwable, although a native function throws nothing. */
@FunctionalInterface
interface NativeCall<T> {
  T invoke() throws Throwable;

  static <T> T of(NativeCall<T> call) {
    try {
      return call.invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native call cannot throw a checked exception", e);
    }
  }
}
