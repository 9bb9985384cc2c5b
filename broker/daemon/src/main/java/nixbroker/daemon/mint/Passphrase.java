package nixbroker.daemon.mint;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Generated passphrases: words of five letters, consonant and vowel in turn, joined by '-'. A word
 * carries 16 bits. The letters are those that the common Latin keyboards have in one place, since a
 * disk passphrase is typed before any layout is loaded.
 */
final class Passphrase {
  private static final String CONSONANTS = "bcdfghjklnprstvx";
  private static final String VOWELS = "eiou";
  private static final int WORDS = 9;
  private static final int LETTERS = 5;

  private Passphrase() {}

  /** A passphrase of 144 bits, 53 ASCII characters; the caller wipes it. */
  static byte[] generate() {
    byte[] random = new byte[2 * WORDS];
    byte[] text = new byte[WORDS * (LETTERS + 1) - 1];
    try {
      new SecureRandom().nextBytes(random);
      Arrays.fill(text, (byte) '-');
      for (int word = 0; word < WORDS; word++) {
        int bits = (random[2 * word] & 0xff) << 8 | random[2 * word + 1] & 0xff;
        spell(bits, text, word * (LETTERS + 1));
      }
      return text;
    } finally {
      Arrays.fill(random, (byte) 0);
    }
  }

  private static void spell(int bits, byte[] text, int at) {
    int[] shifts = {12, 10, 6, 4, 0};
    for (int i = 0; i < LETTERS; i++) {
      String letters = i % 2 == 0 ? CONSONANTS : VOWELS;
      text[at + i] = (byte) letters.charAt(bits >> shifts[i] & letters.length() - 1);
    }
  }
}
