package nixbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A session in a shell, written down: {@code $ command}, then what it must print. Lines of standard
 * error begin with {@code ! }; an exit code other than 0 ends the block as {@code [exit 3]}; {@code
 * [..]} stands for any text within a line; escape characters are shown as {@code ␛}; lines that
 * begin with {@code # } are comments. Each command is run by {@code sh} in a session without a
 * controlling terminal, standard input empty.
 */
public final class Transcript {
  private static final int LONGEST_SECONDS = 120;

  private record Step(String command, List<String> expected) {}

  private final Map<String, String> environment;
  private final Path folder;
  private final Path record;

  private Transcript(Map<String, String> environment, Path folder, Path record) {
    this.environment = environment;
    this.folder = folder;
    this.record = record;
  }

  /**
   * Runs a transcript's commands in order and compares each.
   *
   * @param environment the commands' whole environment; its PATH must find nbctl
   * @param folder where they run
   * @param record where to write the transcript as it really went
   */
  public static void run(Path file, Map<String, String> environment, Path folder, Path record)
      throws IOException, InterruptedException {
    Files.createDirectories(record.getParent());
    Files.deleteIfExists(record);
    Transcript transcript = new Transcript(environment, folder, record);
    List<String> problems = new ArrayList<>();
    for (Step step : steps(Files.readAllLines(file))) {
      transcript.step(step, problems);
    }
    assertThat(problems).as(file.getFileName().toString()).isEmpty();
  }

  private static List<Step> steps(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("$ ")) {
        steps.add(new Step(line.substring(2), new ArrayList<>()));
      } else if (!steps.isEmpty() && !line.startsWith("# ")) {
        steps.getLast().expected().add(line);
      }
    }
    return steps;
  }

  private void step(Step step, List<String> problems) throws IOException, InterruptedException {
    List<String> actual = run(step.command());
    List<String> expected = ordered(step.expected());
    Files.writeString(
        record,
        "$ " + step.command() + "\n" + String.join("\n", actual) + "\n\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (!matches(expected, actual)) {
      problems.add(
          "\n$ %s\n--- expected\n%s\n--- actual\n%s\n"
              .formatted(step.command(), String.join("\n", expected), String.join("\n", actual)));
    }
  }

  /** What was printed where is checked, not how the two streams interleave. */
  private static List<String> ordered(List<String> lines) {
    List<String> out = new ArrayList<>();
    List<String> err = new ArrayList<>();
    List<String> exit = new ArrayList<>();
    for (String line : lines) {
      (line.startsWith("! ") || line.equals("!") ? err : line.startsWith("[exit ") ? exit : out)
          .add(line);
    }
    trim(out);
    out.addAll(err);
    out.addAll(exit);
    return out;
  }

  private static void trim(List<String> lines) {
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
  }

  private static boolean matches(List<String> expected, List<String> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      String pattern = Pattern.quote(expected.get(i)).replace("[..]", "\\E.*\\Q");
      if (!actual.get(i).matches(pattern)) {
        return false;
      }
    }
    return true;
  }

  private List<String> run(String command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("transcript", ".out");
    Path err = Files.createTempFile("transcript", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder("setsid", "--wait", "sh", "-c", command);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.directory(folder.toFile());
      builder.redirectInput(Path.of("/dev/null").toFile());
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      Process process = builder.start();
      if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return List.of("[did not end within " + LONGEST_SECONDS + " s]");
      }
      return shown(out, err, process.exitValue());
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static List<String> shown(Path out, Path err, int exit) throws IOException {
    List<String> lines = new ArrayList<>(visible(out));
    trim(lines);
    for (String line : visible(err)) {
      lines.add(line.isEmpty() ? "!" : "! " + line);
    }
    if (exit != 0) {
      lines.add("[exit " + exit + "]");
    }
    return lines;
  }

  private static List<String> visible(Path file) throws IOException {
    return Files.readString(file)
        .replace("\r\n", "\n")
        .replace('\u001b', '␛')
        .replace('\r', '␍')
        .lines()
        .toList();
  }
}
