package nixbroker.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AHardenedProcess {
  /** Prints its limit of core dumps and who may look into it. */
  static final class Child {
    public static void main(String[] arguments) throws Exception {
      Hardening.setUndumpable();
      Files.readAllLines(Path.of("/proc/self/limits")).stream()
          .filter(line -> line.startsWith("Max core file size"))
          .map(line -> line.replaceAll(" +", " ").strip())
          .forEach(System.out::println);
      try (Pipe pipe = Pipe.open()) {
        Process echo =
            new ProcessBuilder("/bin/echo", "through a pipe")
                .redirectOutput(pipe.childWrites())
                .start();
        pipe.closeWriteEnd();
        echo.waitFor();
        try (SecretPage page = SecretPage.allocate(100)) {
          int count = pipe.read(page, 0, 100, java.time.Duration.ofSeconds(10));
          System.out.println(count + " bytes");
        }
      }
    }
  }

  @Test
  void leavesNoCoreAndStillReachesItsChildren() throws Exception {
    assertThat(Jvm.run(Child.class, List.of()).lines())
        .containsExactly("Max core file size 0 0 bytes", "15 bytes");
  }
}
