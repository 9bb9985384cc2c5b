package nixbroker.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The programs as they are shipped, run as processes. */
final class Dist {
  private static final long PATIENCE_SECONDS = 240;

  private Dist() {}

  /** What a process ended with; out: both of its streams. */
  record Ended(int code, String out) {}

  /** The folder that ./nb build makes. */
  static Path folder() {
    String named = System.getenv("NB_DIST");
    Path folder = named == null ? Path.of("../dist").toAbsolutePath().normalize() : Path.of(named);
    if (!Files.isExecutable(folder.resolve("bin/nbctl"))) {
      throw new IllegalStateException(folder + " has no programs; run ./nb test e2e");
    }
    return folder;
  }

  static Ended run(Map<String, String> environment, List<String> words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    Path out = Files.createTempFile("nb-e2e", ".out");
    try {
      Process process = builder.redirectOutput(out.toFile()).start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new AssertionError(words + " did not end:\n" + Files.readString(out));
      }
      return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
    }
  }
}
