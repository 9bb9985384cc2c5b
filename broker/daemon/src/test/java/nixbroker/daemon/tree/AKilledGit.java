package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class AKilledGit {
  private static final List<String> COMMANDS =
      List.of(
          "config",
          "ls-tree",
          "ls-files",
          "hash-object",
          "read-tree",
          "update-index",
          "write-tree",
          "commit-tree",
          "update-ref");

  @TempDir Path base;

  @TestFactory
  Stream<DynamicTest> isARefusalAndNothingIsChanged() {
    return COMMANDS.stream()
        .flatMap(command -> Stream.of(1, 2).map(n -> command + " " + n))
        .flatMap(point -> Stream.of("before " + point, "after " + point))
        .map(point -> DynamicTest.dynamicTest(point, () -> killed(point)));
  }

  private void killed(String point) throws Exception {
    String[] parts = point.split(" ");
    Path place = Files.createDirectory(base.resolve(point.replace(' ', '-')));
    try (Sample sample = Sample.in(place)) {
      Path git = git(place, parts[1], parts[2], parts[0].equals("before"));
      String before = sample.git("rev-parse", "HEAD");
      Tree.Change change = sample.change(Broker.CHANGE);
      Tree tree = sample.trees(git).open(Sample.HOME);
      Refusal refusal =
          Assertions.catchThrowableOfType(Refusal.class, () -> tree.apply(change, Sample.SOMEBODY));
      String old = refusal == null ? "new" : "old";
      if (refusal != null) {
        assertThat(refusal.reason()).isEqualTo(Reason.GIT_FAILED);
        assertThat(refusal.cause()).contains("git " + parts[1] + " was killed by signal 9");
        assertThat(sample.git("rev-parse", "HEAD")).isEqualTo(before);
      }
      assertThat(sample.read("common/a.yaml")).isEqualTo("a: " + old + "\n");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
      assertThat(sample.trees().recover()).isEmpty();
      sample.apply(Broker.CHANGE);
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  /** A git that is killed at the nth call of a command, before or after its work. */
  private static Path git(Path place, String command, String n, boolean before) throws Exception {
    String text =
        """
        #!/bin/sh
        case " $* " in
          *" %s "*) echo >> "$0.count"
            if [ "$(wc -l < "$0.count")" = %s ]; then
              %s kill -9 $$
            fi ;;
        esac
        exec git "$@"
        """
            .formatted(command, n, before ? "" : "git \"$@\";");
    Path git = Files.writeString(place.resolve("git"), text);
    return Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwx------"));
  }
}
