package nixbroker.daemon.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration in a user's home, which the broker obeys. */
class AUsersOwnSettings {
  @TempDir Path base;
  private Path home;
  private Sample sample;

  @BeforeEach
  void open() throws Exception {
    home = Files.createDirectory(base.resolve("home"));
    sample = Sample.in(base);
    sample.prepare();
    sample.git("config", "--unset", "user.name");
    sample.git("config", "--unset", "user.email");
  }

  @AfterEach
  void close() {
    sample.close();
  }

  private void settings(String... lines) throws Exception {
    Files.write(home.resolve(".gitconfig"), List.of(lines));
  }

  @Test
  void nameWhoCommits() throws Exception {
    settings("[user]", "name = Michael", "email = michael@example.org");
    assertThat(Broker.runAt(home, base.toRealPath()).exit()).isZero();
    assertThat(sample.git("log", "-1", "--format=%an <%ae>").strip())
        .isEqualTo("Michael <michael@example.org>");
  }

  @Test
  void areAskedForWhenTheyAreMissing() throws Exception {
    Broker.Ended ended = Broker.runAt(home, base.toRealPath());
    assertThat(ended.said()).contains("GIT_IDENTITY_MISSING", "user.");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void signCommits() throws Exception {
    Path key = home.resolve("key");
    Sample.run(home, List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    settings(
        "[user]",
        "name = Michael",
        "email = michael@example.org",
        "signingKey = " + key,
        "[commit]",
        "gpgSign = true",
        "[gpg]",
        "format = ssh");
    Broker.Ended ended = Broker.runAt(home, base.toRealPath());
    assertThat(ended.exit()).as(ended.said()).isZero();
    Path signers = home.resolve("signers");
    Files.writeString(signers, "michael@example.org " + Files.readString(home.resolve("key.pub")));
    sample.git("-c", "gpg.ssh.allowedSignersFile=" + signers, "verify-commit", "HEAD");
    assertThat(sample.git("status", "--porcelain")).isEmpty();
  }
}
