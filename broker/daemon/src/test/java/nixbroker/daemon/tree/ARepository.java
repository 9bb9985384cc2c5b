package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories of every shape that a tree may be in. */
class ARepository {
  @TempDir Path base;

  private static void assertApplied(Sample sample, String commits) throws Exception {
    sample.apply(Broker.CHANGE);
    assertThat(sample.read("common/a.yaml")).isEqualTo("a: new\n");
    assertThat(sample.git("rev-list", "--count", "HEAD").strip()).isEqualTo(commits);
    assertThat(sample.git("status", "--porcelain")).isEmpty();
    assertThat(sample.git("fsck", "--no-progress")).isEmpty();
  }

  private static void assertRefused(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  @Test
  void mayHaveADetachedHead() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.git("checkout", "-q", "--detach");
      String branch = sample.git("rev-parse", "main");
      assertApplied(sample, "2");
      assertThat(sample.git("rev-parse", "main")).isEqualTo(branch);
    }
  }

  @Test
  void mayBeALinkedWorktree() throws Exception {
    try (Sample main = Sample.in(base)) {
      Path linked = base.toRealPath().resolve("linked");
      main.git("worktree", "add", "-q", "-b", "side", linked.toString());
      try (Sample sample = Sample.over(linked, linked, base)) {
        assertApplied(sample, "2");
      }
      assertThat(main.git("status", "--porcelain")).isEmpty();
      assertThat(main.git("rev-list", "--count", "main").strip()).isEqualTo("1");
    }
  }

  @Test
  void mayBeASubmodule() throws Exception {
    try (Sample inner = Sample.in(base)) {
      Path outer = Files.createDirectory(base.toRealPath().resolve("outer"));
      Sample.run(outer, List.of("git", "init", "-q"));
      Sample.run(
          outer,
          List.of(
              "git",
              "-c",
              "protocol.file.allow=always",
              "submodule",
              "--quiet",
              "add",
              inner.top.toString(),
              "sub"));
      try (Sample sample = Sample.over(outer.resolve("sub"), outer.resolve("sub"), base)) {
        sample.identify();
        assertThat(Files.isRegularFile(sample.top.resolve(".git"))).isTrue();
        assertApplied(sample, "2");
      }
    }
  }

  @Test
  void mayHaveNoCommitYet() throws Exception {
    Path top = Files.createDirectory(base.resolve("repo"));
    try (Sample sample = Sample.over(top, top, base)) {
      sample.git("init", "-q", "-b", "main");
      sample.identify();
      assertApplied(sample, "1");
    }
  }

  @Test
  void mayUseSha256() throws Exception {
    Path top = Files.createDirectory(base.resolve("repo"));
    try (Sample sample = Sample.over(top, top, base)) {
      sample.git("init", "-q", "-b", "main", "--object-format=sha256");
      sample.identify();
      assertApplied(sample, "1");
      sample.apply("common/a.yaml", "a: newer\n");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void mayHaveTheTreeInASubfolder() throws Exception {
    try (Sample sample = Sample.in(base, "deep/secrets")) {
      Files.move(sample.top.resolve("deep/secrets/.sops.yaml"), sample.top.resolve(".sops.yaml"));
      sample.git("add", "-A");
      sample.git("commit", "-q", "-m", "Rules above");
      Tree tree = sample.tree();
      assertThat(tree.prefix()).isEqualTo("deep/secrets/");
      assertThat(tree.sopsConfig()).contains(new SecretPath(".sops.yaml"));
      SecretPath path = tree.path("common/a.yaml");
      assertThat(tree.rulePath(path)).isEqualTo("deep/secrets/common/a.yaml");
      assertThat(tree.shown(path)).isEqualTo("common/a.yaml");
      assertThat(tree.shown(new SecretPath(".sops.yaml"))).isEqualTo("../../.sops.yaml");
      assertThat(tree.path("../../.sops.yaml")).isEqualTo(new SecretPath(".sops.yaml"));
      sample.apply(".sops.yaml", "rules: new\n", path.text(), "a: new\n");
      assertThat(sample.git("status", "--porcelain")).isEmpty();
    }
  }

  @Test
  void mayHaveTheRulesInTheTree() throws Exception {
    try (Sample sample = Sample.in(base, "secrets")) {
      Tree tree = sample.tree();
      assertThat(tree.sopsConfig()).contains(new SecretPath("secrets/.sops.yaml"));
      assertThat(tree.rulePath(tree.path("common/a.yaml"))).isEqualTo("common/a.yaml");
    }
  }

  @Test
  void mayHaveNoRules() throws Exception {
    Path top = Files.createDirectory(base.resolve("repo"));
    try (Sample sample = Sample.over(top, top, base)) {
      sample.git("init", "-q");
      assertThat(sample.tree().sopsConfig()).isEmpty();
      assertThat(sample.tree().rulePath(new SecretPath("a/b"))).isEqualTo("a/b");
    }
  }

  @Test
  void listsItsRegularFilesOnly() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.write("common/.sops.yaml", "no secret\n");
      sample.write("nested/file.yaml", "theirs\n");
      Files.createDirectory(sample.top.resolve("nested/.git"));
      Files.createSymbolicLink(sample.top.resolve("link.yaml"), Path.of("other.yaml"));
      Files.createSymbolicLink(sample.top.resolve("linked"), Path.of("common"));
      assertThat(sample.tree().files())
          .containsExactly(new SecretPath("common/a.yaml"), new SecretPath("other.yaml"));
    }
  }

  @Test
  void mustBeThere() throws Exception {
    try (Sample sample = Sample.in(base)) {
      Path plain = Files.createDirectory(base.resolve("plain"));
      Path bare = base.toRealPath().resolve("bare.git");
      Sample.run(base, List.of("git", "init", "-q", "--bare", bare.toString()));
      TreeName plainName = new TreeName("plain");
      TreeName bareName = new TreeName("bare");
      TreeName gone = new TreeName("gone");
      sample.trees();
      var folders = Map.of(plainName, plain, bareName, bare, gone, base.resolve("gone"));
      try (Trees trees = new Trees(folders, Path.of("git"), sample.ledger())) {
        assertRefused(Reason.TREE_NOT_GIT, () -> trees.open(plainName));
        assertRefused(Reason.TREE_NOT_GIT, () -> trees.open(bareName));
        assertRefused(Reason.TREE_NOT_GIT, () -> trees.open(gone));
        assertRefused(Reason.TREE_UNKNOWN, () -> trees.open(Sample.HOME));
        assertThat(trees.names()).containsExactly(bareName, gone, plainName);
        assertThat(trees.recover()).hasSize(3);
      }
    }
  }

  @Test
  void needsAnIdentity() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.git("config", "user.email", "");
      assertRefused(Reason.GIT_IDENTITY_MISSING, () -> sample.apply(Broker.CHANGE));
      assertThat(sample.git("status", "--porcelain")).isEmpty();
      assertThat(sample.top.resolve(".git/nixbroker")).isEmptyDirectory();
    }
  }

  @Test
  void needsGit() throws Exception {
    try (Sample sample = Sample.in(base)) {
      sample.trees(Path.of("/nowhere/git"));
      assertRefused(Reason.GIT_FAILED, sample::tree);
    }
  }

  @Test
  void hasNothingBehindASymbolicLink() throws Exception {
    try (Sample sample = Sample.in(base)) {
      Files.createDirectory(base.resolve("elsewhere"));
      Files.createSymbolicLink(sample.top.resolve("hosts"), base.resolve("elsewhere"));
      assertRefused(Reason.PATH_UNSAFE, () -> sample.apply(Broker.CHANGE));
      assertThat(base.resolve("elsewhere")).isEmptyDirectory();
      Files.createSymbolicLink(sample.top.resolve("link"), Path.of("other.yaml"));
      assertRefused(Reason.PATH_UNSAFE, () -> sample.tree().read(new SecretPath("link")));
      assertRefused(Reason.PATH_UNSAFE, () -> sample.tree().path("../etc/passwd"));
    }
  }

  @Test
  void hasNoPipesAndFolders() throws Exception {
    try (Sample sample = Sample.in(base)) {
      Sample.run(sample.top, List.of("mkfifo", "pipe"));
      assertRefused(Reason.PATH_UNSAFE, () -> sample.tree().read(new SecretPath("pipe")));
      assertRefused(Reason.PATH_UNSAFE, () -> sample.tree().read(new SecretPath("common")));
      assertThat(sample.tree().read(new SecretPath("no/such"))).isEqualTo(Optional.empty());
    }
  }
}
