package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nixbroker.age.AgeException;
import nixbroker.age.X25519Identity;

/** The real sops, which must be on the PATH, in a folder of its own. */
final class StockSops {
  /** Published test keys: a, b, c … */
  static final List<String> IDENTITIES =
      Vectors.text("vectors/keys/made-age-keys.txt")
          .lines()
          .filter(line -> line.startsWith("AGE-SECRET-KEY-1"))
          .toList();

  static final List<String> RECIPIENTS =
      Vectors.text("vectors/keys/made-age-keys.txt")
          .lines()
          .filter(line -> line.matches("# .: age1.*"))
          .map(line -> line.substring(5))
          .toList();

  record Result(int exit, String out, String err) {}

  private final Path folder;

  StockSops(Path folder) {
    this.folder = folder;
    assertThat(run(0, "--version", "--disable-version-check").out).contains("3.13.2");
  }

  static X25519Identity identity(int index) throws AgeException {
    return X25519Identity.parse(IDENTITIES.get(index).getBytes(StandardCharsets.US_ASCII));
  }

  Path write(String name, byte[] content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] read(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With this identity only. */
  Result run(int identity, String... arguments) {
    List<String> command = new ArrayList<>(List.of("sops"));
    command.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path err = Files.createTempFile(folder, "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("SOPS_"));
      environment.put("SOPS_AGE_KEY", IDENTITIES.get(identity));
      environment.put("HOME", folder.toString());
      environment.put("XDG_CONFIG_HOME", folder.toString());
      Process process = builder.start();
      process.getOutputStream().close();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("sops ends").isTrue();
      return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException("sops 3.13.2 must be on the PATH", e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String decrypted(int identity, String name) {
    Result result = run(identity, "decrypt", name);
    assertThat(result.exit).as(result.err).isZero();
    return result.out;
  }

  /**
   * Encrypts a text to the first two recipients; option: a line of the creation rule, "indent: N",
   * or empty.
   */
  byte[] encrypted(String name, String plaintext, String option) {
    boolean indent = option.startsWith("indent");
    String config =
        "creation_rules:\n  - age: "
            + String.join(",", RECIPIENTS.subList(0, 2))
            + (option.isEmpty() || indent ? "" : "\n    " + option)
            + (indent ? "\nstores:\n  yaml:\n    " + option : "")
            + "\n";
    write(".sops.yaml", config.getBytes(StandardCharsets.UTF_8));
    write(name, plaintext.getBytes(StandardCharsets.UTF_8));
    Result result = run(0, "encrypt", "--output-type", "yaml", name);
    assertThat(result.exit).as(result.err).isZero();
    return result.out.getBytes(StandardCharsets.UTF_8);
  }
}
