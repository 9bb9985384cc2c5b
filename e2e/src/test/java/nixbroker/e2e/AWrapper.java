package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AWrapper {
  private final String nbctl = Dist.folder().resolve("bin/nbctl").toString();

  @Test
  void passesWordsOnUntouched() throws Exception {
    var ended = Dist.run(Map.of(), List.of(nbctl, "status", "a  b $HOME \"'*"));

    assertThat(ended.out()).contains("a  b $HOME \"'*");
  }

  @Test
  void worksThroughALinkInAFolderWithABlank(@TempDir Path folder) throws Exception {
    Path link = Files.createDirectories(folder.resolve("a folder")).resolve("nbctl");
    Files.createSymbolicLink(link, Path.of(nbctl));

    var ended = Dist.run(Map.of(), List.of(link.toString(), "--version"));

    assertThat(ended.out()).startsWith("nbctl ");
    assertThat(ended.code()).isZero();
  }

  @Test
  void doesNotLetTheEnvironmentAddToTheVirtualMachine() throws Exception {
    var ended =
        Dist.run(
            Map.of("JAVA_TOOL_OPTIONS", "-Dx=y", "JDK_JAVA_OPTIONS", "-version"),
            List.of(nbctl, "--version"));

    assertThat(ended.out()).startsWith("nbctl ").doesNotContain("Picked up");
  }
}
