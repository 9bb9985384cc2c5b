package nixbroker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A machine to install: nb-install as a process of its own, and scripts for its two commands. */
final class Machine {
  final Path root;
  final Path notes;
  private final Path folder;
  private String disko;
  private String nixosInstall;

  /** What nb-install printed and how it ended. */
  record Ended(int exit, String out, String err) {}

  Machine(Path folder) throws IOException {
    this.folder = Files.createDirectory(folder.resolve("machine"));
    this.root = Files.createDirectory(this.folder.resolve("mnt"));
    this.notes = this.folder.resolve("notes");
    diskoDoes("echo partitioned");
    nixosInstallDoes("echo copied");
  }

  /** $1 is the disk key's path, $2 the root, $3 where to leave notes. */
  void diskoDoes(String script) throws IOException {
    disko = command("disko", script) + " {disk-key} {root} " + notes;
  }

  /** $1 is the root, $2 the host, $3 where to leave notes. */
  void nixosInstallDoes(String script) throws IOException {
    nixosInstall = command("nixos-install", script) + " {root} {host} " + notes;
  }

  private String command(String name, String script) throws IOException {
    return "sh " + Files.writeString(folder.resolve(name), script + "\n");
  }

  Process start(Path ticket, String... more) throws IOException {
    List<String> words = program();
    words.addAll(List.of("--ticket", ticket.toString(), "--root", root.toString()));
    words.addAll(List.of("--disko", disko, "--nixos-install", nixosInstall));
    words.addAll(List.of(more));
    return new ProcessBuilder(words)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  /** The shipped program where there is one, else the same classes. */
  private static List<String> program() {
    if (System.getenv("NB_DIST") != null) {
      return new ArrayList<>(List.of(Dist.folder().resolve("bin/nb-install").toString()));
    }
    return new ArrayList<>(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "nixbroker.installer.NbInstall"));
  }

  Ended end(Process process) throws Exception {
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("nb-install ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
  }

  Ended install(Path ticket, String... more) throws Exception {
    return end(start(ticket, more));
  }
}
