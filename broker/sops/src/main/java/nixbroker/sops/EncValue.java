package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/** ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]: one encrypted value. */
record EncValue(byte[] data, byte[] iv, byte[] tag, String type) {
  private static final int TAG_LENGTH = 16;
  private static final int IV_LENGTH = 32;

  private static final String START = "ENC[AES256_GCM,data:";
  private static final String IV = ",iv:";
  private static final String TAG = ",tag:";
  private static final String TYPE = ",type:";

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Empty when the text has not this form, whole base64 included. As sops reads it, each part is as
   * long as it can be and what follows the last bracket of the first line does not count; looking
   * from the right finds the same parts in time that only grows with the text.
   */
  static Optional<EncValue> parse(String text) {
    if (!text.startsWith(START)) {
      return Optional.empty();
    }
    int line = text.indexOf('\n');
    int close = text.lastIndexOf(']', line < 0 ? text.length() : line);
    int type = before(text, TYPE, close);
    int tag = before(text, TAG, type);
    int iv = before(text, IV, tag);
    if (iv <= START.length()) {
      return Optional.empty();
    }
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      return Optional.of(
          new EncValue(
              decoder.decode(text.substring(START.length(), iv)),
              decoder.decode(text.substring(iv + IV.length(), tag)),
              decoder.decode(text.substring(tag + TAG.length(), type)),
              text.substring(type + TYPE.length(), close)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Where the last such mark is that leaves at least one character before end, or below 0. */
  private static int before(String text, String mark, int end) {
    return text.lastIndexOf(mark, end - mark.length() - 1);
  }

  /** The plaintext, which the caller wipes; empty when it does not open under this path. */
  Optional<byte[]> open(DataKey key, String aad) {
    if (tag.length != TAG_LENGTH || iv.length == 0) {
      return Optional.empty();
    }
    byte[] sealed = Arrays.copyOf(data, data.length + TAG_LENGTH);
    System.arraycopy(tag, 0, sealed, data.length, TAG_LENGTH);
    try {
      return Optional.of(key.open(sealed, iv, aad.getBytes(StandardCharsets.UTF_8)));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    }
  }

  /** The text of a string value under a fresh IV; an empty string stays as it is. */
  static String sealText(DataKey key, byte[] plaintext, String aad) {
    if (plaintext.length == 0) {
      return "";
    }
    byte[] iv = new byte[IV_LENGTH];
    RANDOM.nextBytes(iv);
    byte[] sealed = key.seal(plaintext, iv, aad.getBytes(StandardCharsets.UTF_8));
    int end = sealed.length - TAG_LENGTH;
    Base64.Encoder encoder = Base64.getEncoder();
    return "ENC[AES256_GCM,data:"
        + encoder.encodeToString(Arrays.copyOf(sealed, end))
        + ",iv:"
        + encoder.encodeToString(iv)
        + ",tag:"
        + encoder.encodeToString(Arrays.copyOfRange(sealed, end, sealed.length))
        + ",type:str]";
  }
}
