package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class archive must never keep old code alive: a security fix arrives as a new jar. */
class AReplacedJar {
  private static final String NEW_CODE =
      """
      package nixbroker.cli;

      public final class Nbctl {
        public static void main(String[] words) {
          System.out.println("the new code");
        }
      }
      """;

  @TempDir Path folder;

  private Path dist;

  @BeforeEach
  void copyWhatNbctlNeeds() throws IOException {
    dist = folder.resolve("dist");
    for (String part : List.of("bin", "lib", "cds")) {
      Path target = Files.createDirectories(dist.resolve(part));
      try (Stream<Path> files = Files.list(Dist.folder().resolve(part))) {
        for (Path file : files.toList()) {
          var copy = target.resolve(file.getFileName());
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    Files.createSymbolicLink(dist.resolve("runtime"), Dist.folder().resolve("runtime"));
  }

  @Test
  void runsItsNewCode() throws Exception {
    assertThat(nbctl().out()).startsWith("nbctl ");

    replaceJar();

    assertThat(nbctl().out()).isEqualTo("the new code\n");
  }

  @Test
  void isMissedWhenItIsGone() throws Exception {
    Files.delete(jar());

    assertThat(nbctl().code()).isNotZero();
  }

  private Dist.Ended nbctl() throws IOException, InterruptedException {
    return Dist.run(Map.of(), List.of(dist.resolve("bin/nbctl").toString(), "--version"));
  }

  private Path jar() throws IOException {
    try (Stream<Path> jars = Files.list(dist.resolve("lib"))) {
      return jars.filter(jar -> jar.getFileName().toString().contains("client-cli"))
          .findFirst()
          .orElseThrow();
    }
  }

  private void replaceJar() throws IOException {
    Path source = Files.writeString(folder.resolve("Nbctl.java"), NEW_CODE);
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", folder.toString(), source.toString());
    assertThat(failed).isZero();
    try (var out = new JarOutputStream(Files.newOutputStream(jar()))) {
      out.putNextEntry(new JarEntry("nixbroker/cli/Nbctl.class"));
      Files.copy(folder.resolve("nixbroker/cli/Nbctl.class"), out);
      out.closeEntry();
    }
  }
}
