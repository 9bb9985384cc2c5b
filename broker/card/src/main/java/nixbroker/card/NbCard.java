package nixbroker.card;

import java.util.Arrays;

/** The shipped nb-card: real cards only. Takes no arguments; the request comes on its input. */
public final class NbCard {
  private NbCard() {}

  public static void main(String[] args) {
    System.exit(
        Helper.converse(
            () -> {
              refuse(args);
              return PcscCard.present();
            },
            false));
  }

  private static void refuse(String[] args) {
    if (Arrays.stream(args).anyMatch(arg -> arg.startsWith("--software-key"))) {
      throw new CardFailure(
          CardFailure.Kind.NO_SOFTWARE_KEY,
          "this nb-card knows real cards only, not --software-key");
    }
    if (args.length > 0) {
      throw new CardFailure(CardFailure.Kind.BAD_REQUEST, "nb-card takes no arguments");
    }
  }
}
