package nixbroker.installer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says. disko and nixosInstall: the two commands in words, with placeholders
 * not yet filled. diskKeyFolder: null for the default.
 */
record Options(
    Path ticket,
    Path root,
    String flake,
    List<String> disko,
    List<String> nixosInstall,
    Path diskKeyFolder,
    Path libcrypto,
    Duration patience,
    boolean json) {
  private static final String DISKO =
      "disko --mode destroy,format,mount --yes-wipe-all-disks --root-mountpoint {root}"
          + " --flake {flake}#{host}";
  private static final String NIXOS_INSTALL =
      "nixos-install --no-root-passwd --root {root} --flake {flake}#{host}";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static final String HELP =
      """
      usage: nb-install --ticket FILE [--root DIR] [--flake FLAKE] [options]

      Redeems a ticket of `nbctl bundle issue` and installs this machine: fetch the bundle, disko,
      place the keys, acknowledge, nixos-install.

        --ticket FILE            the ticket
        --root DIR               where disko mounts the target (default /mnt)
        --flake FLAKE            the flake both commands take their configuration from
        --disko CMD              default: disko --mode destroy,format,mount --yes-wipe-all-disks
                                 --root-mountpoint {root} --flake {flake}#{host}
        --nixos-install CMD      default: nixos-install --no-root-passwd --root {root}
                                 --flake {flake}#{host}
        --disk-key-folder DIR    a tmpfs for the disk passphrase while disko runs
                                 (default: /run, else /dev/shm)
        --libcrypto FILE         OpenSSL's libcrypto.so.3 (default: what the linker finds)
        --patience SECONDS       how long to try again while the broker is away (default 120)
        --json                   one JSON object a line on standard output
        --help, --version

      CMD is split into words as a shell would, without a shell. {disk-key} in it becomes the path
      of the disk passphrase's file, {root}, {host} and {flake} what their names say.

      exit codes: 0 installed, 1 a command failed, 2 usage, 3 the broker is sealed, 4 refused,
      5 conflict, 6 no broker, 70 a defect
      """;

  /** Whether an argument is given, before the others are looked at. */
  static boolean asks(List<String> arguments, String... names) {
    return arguments.stream().anyMatch(List.of(names)::contains);
  }

  static Options parse(List<String> arguments) throws Failure {
    Arguments given = Arguments.of(arguments);
    String flake = given.value("--flake").orElse("");
    String disko = given.value("--disko").orElse(DISKO);
    String nixosInstall = given.value("--nixos-install").orElse(NIXOS_INSTALL);
    if (flake.isEmpty() && (disko + nixosInstall).contains("{flake}")) {
      throw Failure.usage(
          "--flake is missing", "name the flake, or give both --disko and --nixos-install");
    }
    return new Options(
        given.path("--ticket").orElseThrow(() -> missing("--ticket")),
        given.path("--root").orElse(Path.of("/mnt")).toAbsolutePath().normalize(),
        flake,
        Words.split(disko),
        Words.split(nixosInstall),
        given.path("--disk-key-folder").orElse(null),
        given.path("--libcrypto").orElse(null),
        patience(given.value("--patience")),
        given.has("--json"));
  }

  private static Duration patience(Optional<String> seconds) throws Failure {
    if (seconds.isEmpty()) {
      return PATIENCE;
    }
    if (!seconds.get().matches("[0-9]{1,6}")) {
      throw Failure.usage("--patience takes whole seconds", "for example --patience 120");
    }
    return Duration.ofSeconds(Long.parseLong(seconds.get()));
  }

  private static Failure missing(String name) {
    return Failure.usage(name + " is missing", "nb-install --help");
  }
}
