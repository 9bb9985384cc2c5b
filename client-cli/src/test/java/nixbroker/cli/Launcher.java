package nixbroker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** nbctl as a program: the one of dist/ where the tests run on it, else these very classes. */
final class Launcher {
  private Launcher() {}

  /** A folder for the PATH; home: where one may be made. */
  static Path folder(Path home) throws IOException {
    String dist = System.getenv("NB_DIST");
    if (dist != null && Files.isExecutable(Path.of(dist, "bin", "nbctl"))) {
      return Path.of(dist, "bin");
    }
    Path bin = Files.createDirectories(home.resolve("bin"));
    Path nbctl = bin.resolve("nbctl");
    Files.writeString(nbctl, script());
    Files.setPosixFilePermissions(nbctl, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  private static String script() {
    return "#!/bin/sh\nexec '"
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
        + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp '"
        + System.getProperty("java.class.path")
        + "' nixbroker.cli.Nbctl \"$@\"\n";
  }
}
