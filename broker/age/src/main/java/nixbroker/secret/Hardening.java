package nixbroker.secret;

/** What a process that holds secrets does first. */
public final class Hardening {
  private Hardening() {}

  /**
   * No core dumps (also where they go to a pipe), no ptrace and no /proc/PID/mem for other
   * processes of the same user.
   *
   * @throws SecretMemoryException when the kernel refuses
   */
  public static void setUndumpable() {
    LibC.makeUndumpable();
  }
}
