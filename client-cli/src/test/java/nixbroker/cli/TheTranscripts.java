package nixbroker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every transcript of src/test/transcripts, by real nbctl processes against a scripted broker. */
class TheTranscripts {
  private static final Path FOLDER = Path.of("src/test/transcripts");

  @TempDir Path temporary;

  @TestFactory
  Stream<DynamicTest> areWhatAPersonSees() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> sorted = files.sorted().toList();
      return sorted.stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> play(file)));
    }
  }

  private void play(Path file) throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(temporary, "h");
    Path run = Files.createDirectories(home.resolve("run/nixbroker"));
    Files.createDirectories(home.resolve("nixcfg/secrets/common"));
    Files.createDirectories(home.resolve("staging"));
    Path work = Files.createDirectories(home.resolve("work"));
    Path record = Path.of("target/transcripts", file.getFileName().toString());
    String mood = Files.readAllLines(file).getFirst().replace("# broker: ", "");
    if (mood.equals("none")) {
      Transcript.run(file, environment(home), work, record);
      return;
    }
    ScriptedOperator.Mood parsed =
        ScriptedOperator.Mood.valueOf(mood.toUpperCase(Locale.ROOT).replace('-', '_'));
    try (ScriptedBroker _ = new ScriptedBroker(run.resolve("broker.sock"), home, parsed)) {
      Transcript.run(file, environment(home), work, record);
    }
  }

  private static Map<String, String> environment(Path home) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", Launcher.folder(home) + ":" + System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
    environment.put("TZ", "UTC");
    return environment;
  }
}
