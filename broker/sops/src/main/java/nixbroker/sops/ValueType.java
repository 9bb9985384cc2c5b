package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/** The types inside ENC[…], and what each gives the MAC. */
enum ValueType {
  STR,
  INT,
  FLOAT,
  BOOL,
  TIME,
  COMMENT;

  static ValueType of(String name) throws SopsException {
    return switch (name) {
      case "str" -> STR;
      case "int" -> INT;
      case "float" -> FLOAT;
      case "bool" -> BOOL;
      case "time" -> TIME;
      case "comment" -> COMMENT;
      default -> throw new SopsException.Malformed("an encrypted value is of a type sops has not");
    };
  }

  /**
   * What the MAC takes of this plaintext: a new array, wiped by the caller. Numbers, truth values
   * and times go through a String, because Java parses nothing else.
   */
  byte[] hashed(byte[] plaintext) throws SopsException {
    if (this == STR) {
      return plaintext.clone();
    }
    if (this == COMMENT) {
      return new byte[0];
    }
    String text = new String(plaintext, StandardCharsets.UTF_8);
    try {
      String canonical =
          switch (this) {
            case INT -> Long.toString(Long.parseLong(text));
            case FLOAT -> GoScalar.real(real(text));
            case BOOL -> truth(text);
            case TIME -> GoScalar.rfc3339(OffsetDateTime.parse(text), true);
            case STR, COMMENT -> throw new IllegalStateException("done above");
          };
      return canonical.getBytes(StandardCharsets.UTF_8);
    } catch (NumberFormatException | DateTimeException e) {
      throw mismatch();
    }
  }

  private static double real(String text) {
    return switch (text) {
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String truth(String text) throws SopsException {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> "True";
      case "0", "f", "F", "FALSE", "false", "False" -> "False";
      default -> throw mismatch();
    };
  }

  private static SopsException mismatch() {
    return new SopsException.Malformed("an encrypted value is not of the type it says");
  }
}
