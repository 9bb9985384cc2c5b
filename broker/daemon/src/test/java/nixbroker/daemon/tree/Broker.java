package nixbroker.daemon.tree;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs {@link ApplyOnce} in a process of its own, under strace. */
final class Broker {
  static final List<String> CALLS =
      List.of(
          "write",
          "pwrite64",
          "writev",
          "fsync",
          "fdatasync",
          "syncfs",
          "rename",
          "renameat2",
          "unlink",
          "unlinkat",
          "mkdir",
          "rmdir",
          "ftruncate");
  static final String[] CHANGE = {
    ".sops.yaml", "rules: new\n", "common/a.yaml", "a: new\n", "hosts/ganon/new.yaml", "n: 1\n"
  };

  private Broker() {}

  /** said: standard output and error. */
  record Ended(int exit, String said) {}

  /** Starts one that applies {@link #CHANGE}; strace's options, none for no strace. */
  static Process start(Path base, String git, List<String> strace) throws IOException {
    return start(base, git, strace, Map.of());
  }

  private static Process start(
      Path base, String git, List<String> strace, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!strace.isEmpty()) {
      command.addAll(List.of("strace", "-qq", "-f", "-b", "execve"));
      command.addAll(strace);
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classes(),
            ApplyOnce.class.getName(),
            base.toString(),
            git));
    command.addAll(List.of(CHANGE));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Ended run(Path base, String git, List<String> strace) throws Exception {
    return ended(start(base, git, strace));
  }

  /** One of a user with this home. */
  static Ended runAt(Path home, Path base) throws Exception {
    return ended(start(base, "git", List.of(), Map.of("HOME", home.toString())));
  }

  static Ended ended(Process process) throws Exception {
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  private static String classes() {
    List<String> all =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
            .filter(entry -> entry.contains("daemon") || entry.contains("gson"))
            .toList();
    return String.join(File.pathSeparator, all);
  }

  /** How often the thread "apply" makes each call, in a run that nobody breaks. */
  static Map<String, Integer> counts(Path base) throws Exception {
    Path trace = base.resolve("trace");
    String traced = "trace=" + String.join(",", CALLS);
    Ended ended = run(base, "git", List.of("-o", trace.toString(), "-e", traced));
    if (ended.exit() != 0) {
      throw new IllegalStateException(ended.said());
    }
    List<String> lines = Files.readAllLines(trace);
    String apply =
        lines.stream().filter(line -> line.contains(" syncfs(")).findFirst().orElseThrow();
    String thread = apply.substring(0, apply.indexOf(' ') + 1);
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String call : CALLS) {
      long count =
          lines.stream()
              .filter(line -> line.startsWith(thread))
              .filter(line -> line.substring(thread.length()).strip().startsWith(call + "("))
              .count();
      counts.put(call, (int) count);
    }
    return counts;
  }

  static List<String> inject(String call, String fault, String when) {
    return List.of(
        "-o",
        "/dev/null",
        "-e",
        "trace=" + call,
        "-e",
        "inject=" + call + ":" + fault + ":when=" + when);
  }
}
