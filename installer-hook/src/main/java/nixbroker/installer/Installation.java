package nixbroker.installer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nixbroker.age.X25519Identity;
import nixbroker.proto.v1.Bundle;
import nixbroker.proto.v1.Phase;
import nixbroker.proto.v1.PhaseState;
import nixbroker.proto.v1.PlacedFile;

/** The order of an installation: fetch, disko, place, acknowledge, nixos-install. */
final class Installation {
  private final Options options;
  private final Ticket ticket;
  private final BrokerApi broker;
  private final Screen screen;
  private Reporter reporter;

  Installation(Options options, Ticket ticket, BrokerApi broker, Screen screen) {
    this.options = options;
    this.ticket = ticket;
    this.broker = broker;
    this.screen = screen;
  }

  /** A phase's work; returns one line about what it did. */
  private interface Work {
    String run() throws Failure, InterruptedException;
  }

  void run() throws Failure, InterruptedException {
    try (X25519Identity ephemeral = X25519Identity.generate()) {
      String recipient = ephemeral.recipient().text();
      broker.claim(recipient);
      screen.step(ticket.host(), "claimed", "broker " + ticket.address() + ", pinned key verified");
      // before the claim the broker would not know whose report it is
      try (Reporter reports = new Reporter(broker)) {
        reporter = reports;
        phases(ephemeral, recipient);
      }
      screen.done(ticket.host(), ticket.bundle());
    }
  }

  private void phases(X25519Identity ephemeral, String recipient)
      throws Failure, InterruptedException {
    List<Delivery> fetched = new ArrayList<>();
    phase(
        Phase.FETCH,
        "fetched",
        () -> {
          fetched.add(Delivery.of(broker.fetch(recipient), ephemeral, ticket.host()));
          return fetched.getFirst().files() + " files, 1 passphrase";
        });
    Delivery delivery = fetched.getFirst();
    phase(Phase.DISKO, "disko", () -> disko(delivery));
    phase(Phase.PLACE, "placed", () -> place(delivery));
    phase(
        Phase.ACKNOWLEDGE,
        "active",
        () -> {
          broker.acknowledge(recipient, delivery.receipt());
          return "acknowledged";
        });
    phase(Phase.NIXOS_INSTALL, "installed", this::nixosInstall);
  }

  private void phase(Phase phase, String word, Work work) throws Failure, InterruptedException {
    tell(phase, PhaseState.BEGUN, "");
    boolean failed = true;
    try {
      String did = work.run();
      failed = false;
      tell(phase, PhaseState.DONE, did);
      screen.step(ticket.host(), word, did);
    } catch (Failure e) {
      failed = false;
      tell(phase, PhaseState.FAILED, e.getMessage());
      throw e;
    } finally {
      if (failed) {
        tell(phase, PhaseState.FAILED, "interrupted, or a defect of nb-install");
      }
    }
  }

  private void tell(Phase phase, PhaseState state, String detail) {
    reporter.phase(phase, state, Shown.line(detail));
    screen.phase(phase, state, detail);
  }

  private String disko(Delivery delivery) throws Failure, InterruptedException {
    try (DiskKey key = writeDiskKey(delivery)) {
      command(Phase.DISKO, options.disko(), key.file().toString());
    }
    return "disk key removed";
  }

  private DiskKey writeDiskKey(Delivery delivery) throws Failure {
    DiskKey[] written = new DiskKey[1];
    delivery.open(
        bundle -> {
          byte[] passphrase = bundle.getDiskPassphrase().toByteArray();
          try {
            written[0] = DiskKey.write(passphrase, options.diskKeyFolder(), options.root());
          } finally {
            Arrays.fill(passphrase, (byte) 0);
          }
        });
    return written[0];
  }

  private String nixosInstall() throws Failure, InterruptedException {
    command(Phase.NIXOS_INSTALL, options.nixosInstall(), "");
    return options.root().toString();
  }

  private void command(Phase phase, List<String> words, String diskKey)
      throws Failure, InterruptedException {
    Map<String, String> values =
        Map.of(
            "disk-key", diskKey,
            "root", options.root().toString(),
            "host", ticket.host(),
            "flake", options.flake());
    Command.run(
        Words.filled(words, values),
        (stderr, text) -> {
          reporter.output(phase, stderr, text);
          screen.output(phase, stderr, text);
        });
  }

  private String place(Delivery delivery) throws Failure {
    List<String> placed = new ArrayList<>();
    try (TargetRoot root = TargetRoot.open(options.root())) {
      delivery.open(bundle -> placeAll(bundle, root, placed));
      String more = placed.size() > 1 ? " and " + (placed.size() - 1) + " more" : "";
      String owners = root.setsOwners() ? "" : "; owners not set, as this is not root";
      return placed.getFirst() + more + owners;
    }
  }

  private void placeAll(Bundle bundle, TargetRoot root, List<String> placed) throws Failure {
    for (PlacedFile file : bundle.getFilesList()) {
      root.place(file);
      placed.add(Path.of(options.root() + file.getPath()).normalize().toString());
    }
  }
}
