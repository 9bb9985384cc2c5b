package nixbroker.age;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Base64 of headers: standard alphabet, no padding, one spelling for each value. */
final class B64 {
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  private B64() {}

  static String encode(byte[] data) {
    return ENCODER.encodeToString(data);
  }

  /** Empty for anything but the canonical text. */
  static Optional<byte[]> decode(String text) {
    Optional<byte[]> data = lenient(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    return data.filter(bytes -> encode(bytes).equals(text));
  }

  /** The same with padding, as in armor. */
  static Optional<byte[]> decodePadded(byte[] text) {
    return lenient(text).filter(data -> Arrays.equals(Base64.getEncoder().encode(data), text));
  }

  private static Optional<byte[]> lenient(byte[] text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
