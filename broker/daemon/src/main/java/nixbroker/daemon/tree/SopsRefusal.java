package nixbroker.daemon.tree;

import static nixbroker.daemon.refusal.Reason.CANNOT_DECRYPT;
import static nixbroker.daemon.refusal.Reason.MAC_MISMATCH;
import static nixbroker.daemon.refusal.Reason.NOT_SOPS;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_DIALECT;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_MALFORMED;

import nixbroker.daemon.refusal.Refusal;
import nixbroker.sops.SopsException;

/**
 * What the sops library refuses, in words for the person who asked: the cause with the file, and a
 * remedy.
 */
public final class SopsRefusal {
  private SopsRefusal() {}

  /** A .sops.yaml that cannot be read, or not be edited. */
  public static Refusal config(SopsException e, Tree tree) {
    String name = tree.sopsConfig().map(tree::shown).orElse(".sops.yaml");
    return switch (e) {
      case SopsException.Unsupported u ->
          new Refusal.Declined(
              SOPS_CONFIG_DIALECT, name + ": " + u.getMessage(), "add by hand: " + u.paste());
      case SopsException.Malformed m -> malformed(name, m);
      case SopsException.NotEncrypted m -> malformed(name, m);
      case SopsException.Tampered m -> malformed(name, m);
      case SopsException.NoMatchingKey m -> malformed(name, m);
    };
  }

  private static Refusal malformed(String name, SopsException e) {
    return new Refusal.Declined(
        SOPS_CONFIG_MALFORMED,
        name + ": " + e.getMessage(),
        "mend " + name + " and run the command again");
  }

  /** A sops file; shown is its path as people see it. */
  public static Refusal file(SopsException e, String shown) {
    return switch (e) {
      case SopsException.NotEncrypted n ->
          new Refusal.Declined(
              NOT_SOPS,
              shown + " is not a sops file: " + n.getMessage(),
              "encrypt it (sops encrypt -i " + shown + "), or move it away");
      case SopsException.Malformed m ->
          new Refusal.Declined(
              NOT_SOPS, shown + " is a broken sops file: " + m.getMessage(), "git log -- " + shown);
      case SopsException.Tampered t ->
          new Refusal.Declined(
              MAC_MISMATCH,
              shown + " was changed without its key: " + t.getMessage(),
              "see who changed it with `git log -p -- " + shown + "`, then restore or mend it");
      case SopsException.NoMatchingKey n ->
          new Refusal.Declined(
              CANNOT_DECRYPT,
              shown + " cannot be opened with the master key: " + n.getMessage(),
              "add the master to it with someone who can: sops updatekeys " + shown);
      case SopsException.Unsupported u ->
          new Refusal.Declined(
              NOT_SOPS,
              shown + ": " + u.getMessage(),
              u.paste().isEmpty() ? "sops updatekeys " + shown : u.paste());
    };
  }
}
