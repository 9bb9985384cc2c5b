package nixbroker.sops;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nixbroker.sops.Node.Leaf;
import nixbroker.sops.Node.Nothing;
import nixbroker.sops.Node.Plain;
import nixbroker.sops.Node.Text;

/** Scalars as sops types them (its YAML library's rules) and as it spells them in the MAC. */
final class GoScalar {
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern INT =
      Pattern.compile("([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(?:\\.[0-9]+|[0-9]+(?:\\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?");
  private static final Pattern SPECIAL =
      Pattern.compile("([-+]?)\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d{1,2})-(\\d{1,2})"
              + "(?:([Tt ])(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:\\.(\\d+))?(Z|[-+]\\d\\d:\\d\\d)?)?");

  private GoScalar() {}

  /** Types a plain scalar. */
  static Leaf plain(String text) throws SopsException {
    if (NULL.contains(text)) {
      return new Nothing();
    }
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return new Plain(TRUE.contains(text) ? "True" : "False");
    }
    Matcher special = SPECIAL.matcher(text);
    if (special.matches()) {
      return new Plain(
          special.group(1) == null ? "NaN" : special.group(1).equals("-") ? "-Inf" : "+Inf");
    }
    char first = text.charAt(0);
    if (first != '+' && first != '-' && first != '.' && (first < '0' || first > '9')) {
      return new Text(text);
    }
    Optional<String> time = time(text);
    return time.isPresent() ? new Plain(time.get()) : number(text);
  }

  private static Leaf number(String text) throws SopsException {
    String digits = text.replace("_", "");
    Matcher whole = INT.matcher(digits);
    if (whole.matches()) {
      BigInteger value = integer(whole);
      if (value.bitLength() < 64) {
        return new Plain(value.toString());
      }
      if (whole.group(5) == null || value.bitLength() == 64 && value.signum() > 0) {
        throw new SopsException.Malformed("a whole number does not fit in 64 bits");
      }
    }
    if (FLOAT.matcher(digits).matches()) {
      return new Plain(real(Double.parseDouble(digits)));
    }
    return new Text(text);
  }

  private static BigInteger integer(Matcher whole) {
    int[] radix = {16, 2, 8, 10};
    for (int i = 0; i < radix.length; i++) {
      if (whole.group(i + 2) != null) {
        BigInteger value = new BigInteger(whole.group(i + 2), radix[i]);
        return whole.group(1).equals("-") ? value.negate() : value;
      }
    }
    throw new IllegalStateException("a whole number without digits");
  }

  /** The shortest digits that give the same float64, never an exponent. */
  static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  private static Optional<String> time(String text) {
    Matcher form = TIME.matcher(text);
    boolean dated = form.matches();
    // A T wants an offset, a space has none.
    if (!dated || form.group(4) != null && form.group(4).equals(" ") != (form.group(9) == null)) {
      return Optional.empty();
    }
    try {
      LocalDateTime local =
          LocalDate.of(number(form, 1), number(form, 2), number(form, 3)).atStartOfDay();
      if (form.group(4) != null) {
        String fraction = form.group(8) == null ? "" : form.group(8);
        int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
        local =
            local.toLocalDate().atTime(number(form, 5), number(form, 6), number(form, 7), nanos);
      }
      ZoneOffset offset = form.group(9) == null ? ZoneOffset.UTC : ZoneOffset.of(form.group(9));
      return Optional.of(rfc3339(local.atOffset(offset), true));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher form, int group) {
    return Integer.parseInt(form.group(group));
  }

  /** RFC 3339; a fraction without trailing zeros, or none. */
  static String rfc3339(OffsetDateTime time, boolean fraction) {
    LocalDateTime local = time.toLocalDateTime();
    StringBuilder out =
        new StringBuilder(
            "%04d-%02d-%02dT%02d:%02d:%02d"
                .formatted(
                    local.getYear(),
                    local.getMonthValue(),
                    local.getDayOfMonth(),
                    local.getHour(),
                    local.getMinute(),
                    local.getSecond()));
    if (fraction && local.getNano() != 0) {
      out.append('.').append("%09d".formatted(local.getNano()).replaceFirst("0+$", ""));
    }
    return out.append(time.getOffset().getId()).toString();
  }
}
