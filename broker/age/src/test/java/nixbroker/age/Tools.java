package nixbroker.age;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real programs: in the folder of the property or variable NB_TOOLS, else on the PATH. */
final class Tools {
  private Tools() {}

  static String find(String name) {
    String folders =
        Stream.of(System.getProperty("NB_TOOLS"), System.getenv("NB_TOOLS"), System.getenv("PATH"))
            .filter(text -> text != null && !text.isEmpty())
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElse("");
    Optional<Path> found =
        Stream.of(folders.split(File.pathSeparator))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    return found
        .orElseThrow(() -> new AssertionError(name + " is missing; ./nb test brings it"))
        .toString();
  }

  /** What the program writes; it must end with 0. */
  static byte[] run(byte[] input, String... command) throws IOException, InterruptedException {
    return run(input, List.of(), command);
  }

  static byte[] run(byte[] input, List<String> environment, String... command)
      throws IOException, InterruptedException {
    command[0] = command[0].startsWith("/") ? command[0] : find(command[0]);
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String setting : environment) {
      builder.environment().put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    // files, because a program that answers before it has read all would wait for us for ever
    Path folder = Files.createTempDirectory("tool");
    Path errors = folder.resolve("errors");
    Path output = folder.resolve("output");
    Process process =
        builder
            .redirectInput(Files.write(folder.resolve("input"), input).toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new AssertionError(List.of(command) + ": " + Files.readString(errors));
    }
    return Files.readAllBytes(output);
  }
}
