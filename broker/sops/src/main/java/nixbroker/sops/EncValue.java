package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;

/** ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]: one encrypted value. */
record EncValue(byte[] data, byte[] iv, byte[] tag, String type) {
  private static final int TAG_LENGTH = 16;
  private static final int IV_LENGTH = 32;

  /** Anchored at the start only and greedy, as sops reads it. */
  private static final Pattern FORM =
      Pattern.compile("^ENC\\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\\]");

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Empty when the text has not this form, whole base64 included. */
  static Optional<EncValue> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.find()) {
      return Optional.empty();
    }
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      return Optional.of(
          new EncValue(
              decoder.decode(form.group(1)),
              decoder.decode(form.group(2)),
              decoder.decode(form.group(3)),
              form.group(4)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
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
