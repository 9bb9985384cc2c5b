package nixbroker.age;

/** To whom an age file is encrypted; equal when the text is. */
public sealed interface Recipient permits X25519Recipient, ScryptRecipient, PivP256Recipient {
  /**
   * The stanza that gives this recipient the file key.
   *
   * @throws AgeException.Key when nothing can be encrypted to this key
   */
  Stanza wrap(FileKey key) throws AgeException;

  /**
   * Parses {@code age1…} (X25519) or {@code age1yubikey1…} (piv-p256).
   *
   * @throws AgeException.Key for anything else, naming a type that is known but not supported
   */
  static Recipient parse(String text) throws AgeException {
    if (text.startsWith(PivP256Recipient.PREFIX + "1")) {
      return PivP256Recipient.parse(text);
    }
    int lastOne = text.lastIndexOf('1');
    if (text.startsWith("age1") && lastOne > "age".length()) {
      throw new AgeException.Key(
          "recipients of type " + printable(text.substring(0, lastOne)) + " are not supported");
    }
    return X25519Recipient.parse(text);
  }

  private static String printable(String prefix) {
    return prefix.length() < 40 && prefix.chars().allMatch(c -> c > 0x20 && c < 0x7f)
        ? prefix
        : "unknown";
  }
}
