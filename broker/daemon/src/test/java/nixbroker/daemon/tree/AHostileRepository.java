package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository whose own configuration would start programs. */
class AHostileRepository {
  @TempDir Path base;
  private Sample sample;
  private Path ran;
  private Path program;

  @BeforeEach
  void open() throws Exception {
    sample = Sample.in(base);
    ran = base.toRealPath().resolve("ran");
    program = script("program", "echo \"$0 $*\" >> " + ran);
  }

  @AfterEach
  void close() {
    sample.close();
  }

  private Path script(String name, String text) throws Exception {
    Path script = Files.writeString(base.toRealPath().resolve(name), "#!/bin/sh\n" + text + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private void assertNothingRan() {
    sample.apply(Broker.CHANGE);
    assertThat(ran).doesNotExist();
  }

  @Test
  void runsNoHook() throws Exception {
    for (String hook :
        List.of(
            "pre-commit",
            "commit-msg",
            "post-commit",
            "prepare-commit-msg",
            "post-index-change",
            "reference-transaction",
            "post-checkout",
            "post-rewrite",
            "pre-auto-gc")) {
      Files.copy(program, sample.top.resolve(".git/hooks/" + hook));
    }
    assertNothingRan();
  }

  @Test
  void runsNoHookFromElsewhere() throws Exception {
    Path hooks = Files.createDirectory(base.resolve("hooks"));
    Files.copy(program, hooks.resolve("reference-transaction"));
    sample.git("config", "core.hooksPath", hooks.toString());
    assertNothingRan();
  }

  @Test
  void runsNoFileSystemMonitor() {
    sample.git("config", "core.fsmonitor", program.toString());
    assertNothingRan();
  }

  @Test
  void runsNoFilter() throws Exception {
    Files.writeString(
        sample.top.resolve(".git/info/attributes"), "* filter=bad diff=bad merge=bad\n");
    sample.git("config", "filter.bad.clean", program.toString());
    sample.git("config", "filter.bad.smudge", program.toString());
    sample.git("config", "filter.bad.process", program.toString());
    sample.git("config", "diff.bad.textconv", program.toString());
    assertNothingRan();
  }

  @Test
  void doesNotDecideThatCommitsAreSigned() {
    sample.git("config", "commit.gpgSign", "true");
    sample.git("config", "gpg.program", program.toString());
    sample.git("config", "gpg.format", "ssh");
    sample.git("config", "gpg.ssh.program", program.toString());
    sample.git("config", "gpg.ssh.defaultKeyCommand", program.toString());
    assertNothingRan();
    assertThat(sample.git("cat-file", "commit", "HEAD")).doesNotContain("gpgsig");
  }

  @Test
  void startsNoEditorNoPagerAndNoAlias() {
    sample.git("config", "core.editor", program.toString());
    sample.git("config", "core.pager", program.toString());
    sample.git("config", "core.sshCommand", program.toString());
    sample.git("config", "alias.update-ref", "!" + program);
    assertNothingRan();
  }

  @Test
  void cannotNameAnotherFolderAsItsTop() {
    sample.git("config", "core.worktree", base.toString());
    assertThatThrownBy(() -> sample.apply(Broker.CHANGE)).hasMessageContaining("top");
  }

  @Test
  void cannotHaveFilesOutsideItRemovedAtStart() throws Exception {
    Path precious =
        Files.writeString(Files.createDirectory(base.resolve("other")).resolve("key"), "x");
    sample.write(".nixbroker-/keep", "");
    sample.write(
        ".nixbroker/stage/0123456789abcdef/manifest",
        """
        {"format":1,"id":"/../../other/key","tree":"home","message":"m","folders":[],
         "files":[{"path":"a.yaml","name":"0","old":"","new":"","mode":"","old_blob":"","new_blob":""}]}
        """);
    sample.trees().recover();

    assertThat(precious).exists();
  }

  @Test
  void cannotHaveAnotherFoldersStagesRemovedThroughALink() throws Exception {
    Path kept = Files.createDirectories(base.resolve("other/stage/0123456789abcdef"));
    Files.createSymbolicLink(sample.folder.resolve(".nixbroker"), base.resolve("other"));
    sample.trees().recover();

    assertThat(kept).exists();
  }

  @Test
  void cannotKeepTheBrokerFromStartingByANonsenseManifest() throws Exception {
    for (String nonsense : new String[] {"{\"format\":{}}", "{\"format\":1}", "[]", "\u0000"}) {
      sample.write(".nixbroker/stage/0123456789abcdef/manifest", nonsense);
      sample.trees().recover();
    }

    assertThat(sample.folder.resolve(".nixbroker/stage/0123456789abcdef")).doesNotExist();
  }
}
