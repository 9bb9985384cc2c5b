package nixbroker.softkey;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import nixbroker.card.CardConnection;
import nixbroker.card.Helper;

/** The development nb-card: the same conversation, on a software key. */
public final class SoftNbCard {
  private static final String USAGE =
      """
      usage: nb-card --software-key FILE           one conversation on this software key
             nb-card create FILE [--serial N]      a new software key, PIN 123456
      """;
  private static final long MAX_SERIAL = 0xffffffffL;

  private SoftNbCard() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    if (args.size() == 2 && args.getFirst().equals("--software-key")) {
      List<CardConnection> cards = List.of(new SoftCard(Path.of(args.get(1))));
      return Helper.converse(() -> cards, true);
    }
    if (args.size() == 2 && args.getFirst().equals("create")) {
      return create(Path.of(args.get(1)), 1 + new SecureRandom().nextInt(Integer.MAX_VALUE));
    }
    if (args.size() == 4
        && args.getFirst().equals("create")
        && args.get(2).equals("--serial")
        && args.get(3).matches("[0-9]{1,10}")
        && Long.parseLong(args.get(3)) <= MAX_SERIAL) {
      return create(Path.of(args.get(1)), Long.parseLong(args.get(3)));
    }
    System.err.print(USAGE);
    return 2;
  }

  private static int create(Path file, long serial) {
    try {
      SoftCard.create(file, serial);
      System.err.println("NOT A REAL KEY: software key " + serial + " in " + file + ", PIN 123456");
      return 0;
    } catch (IOException e) {
      System.err.println("nb-card: error: " + file + " was not created: " + e);
      return 1;
    }
  }
}
