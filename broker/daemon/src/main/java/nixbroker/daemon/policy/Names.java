package nixbroker.daemon.policy;

/** Names from outside made fit for a message. */
final class Names {
  private static final int SHOWN = 64;

  private Names() {}

  static String shown(String text) {
    return '\'' + printable(text) + '\'';
  }

  static String printable(String text) {
    String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
    return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "…" : printable;
  }
}
