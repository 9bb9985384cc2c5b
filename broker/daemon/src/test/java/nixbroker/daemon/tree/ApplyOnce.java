package nixbroker.daemon.tree;

import java.nio.file.Path;
import java.util.Set;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/**
 * A broker that applies one change and ends, for tests that break it: BASE GIT PATH CONTENT…; exit
 * code 0; 4 for the refusals that a broken disk may bring, 5 for others.
 */
final class ApplyOnce {
  private static final Set<Reason> DISK =
      Set.of(Reason.IO_FAILED, Reason.LEDGER_FAILED, Reason.GIT_FAILED);

  private ApplyOnce() {}

  public static void main(String[] arguments) throws Exception {
    Path repo = Path.of(arguments[0], "repo");
    try (Sample sample = Sample.over(repo, repo, Path.of(arguments[0]))) {
      sample.trees(Path.of(arguments[1]));
      String[] change = java.util.Arrays.copyOfRange(arguments, 2, arguments.length);
      try {
        System.out.println(sample.apply(change));
      } catch (Refusal e) {
        System.out.println(e.reason() + " " + e.cause());
        System.exit(DISK.contains(e.reason()) ? 4 : 5);
      }
    }
  }
}
