package nixbroker.daemon.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.X25519Identity;
import nixbroker.daemon.policy.Requester;
import nixbroker.secret.SecretPage;
import nixbroker.softkey.SoftCard;
import nixbroker.softkey.SoftNbCard;

/** A person's desk: a software key, the development nb-card, and a pinentry that is a script. */
public final class Desk implements Conversation {
  public static final long SERIAL = 15_432_198;
  public static final Requester REQUESTER =
      new Requester("/dev/pts/2", "xterm", ":0", "", "", "", "C.UTF-8", "", "");

  private final Path folder;
  private final List<String> events = new ArrayList<>();

  public Desk(Path folder) throws IOException {
    this.folder = folder;
    SoftCard.create(keyFile(), SERIAL);
    helper(helperCommand(keyFile()));
    pinentry("D 123456", "OK");
  }

  /** Starts nb-card as the wrapper in dist does. */
  private static String helperCommand(Path key) {
    return "exec %s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp %s %s \"$@\""
        .formatted(
            ProcessHandle.current().info().command().orElseThrow(),
            System.getProperty("java.class.path"),
            SoftNbCard.class.getName());
  }

  public Path keyFile() {
    return folder.resolve("key");
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** What the person was told, and when pinentry was asked what. */
  List<String> events() {
    return events;
  }

  List<String> asked() throws IOException {
    return Files.readAllLines(folder.resolve("asked"));
  }

  void helper(String... lines) throws IOException {
    script("nb-card", lines);
  }

  /** These lines answer GETPIN; everything else is answered with OK. */
  void pinentry(String... answer) throws IOException {
    pinentryRuns("printf '%s\\n' '" + String.join("' '", answer) + "'");
  }

  /** This command answers GETPIN. */
  public void pinentryRuns(String command) throws IOException {
    script(
        "pinentry",
        "echo 'OK Pleased to meet you'",
        "while read -r line; do",
        "  printf '%s\\n' \"$line\" >> " + folder.resolve("asked"),
        "  case $line in",
        "    GETPIN) " + command + ";;",
        "    *) echo OK;;",
        "  esac",
        "done");
  }

  void script(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  public Hardware hardware() {
    return hardware(Duration.ofSeconds(20));
  }

  Hardware hardware(Duration timeout) {
    return new Hardware(
        new Hardware.Settings(
            folder.resolve("nb-card"),
            folder.resolve("pinentry"),
            Optional.of(keyFile()),
            timeout));
  }

  public Hardware.Enrolled enrol() {
    Hardware hardware = hardware();
    return hardware.enrol(hardware.list().getFirst(), REQUESTER, this);
  }

  /** A master key, wrapped. */
  public static byte[] masterAge(X25519Identity master, Hardware.Enrolled... to)
      throws AgeException {
    try (SecretPage text = master.encoded()) {
      return AgeFile.encrypt(text, List.of(to).stream().map(e -> e.recipient()).toList());
    }
  }

  @Override
  public void pinNeeded(HardwareKey key, int tries) {
    events.add("pin " + key.shown() + " " + tries);
  }

  @Override
  public void touchNeeded(HardwareKey key) {
    events.add("touch " + key.shown());
  }
}
