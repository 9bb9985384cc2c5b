package nixbroker.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.TimeZone;

/** The one place that reads and shows times, rounded to what matters. */
final class Times {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final int MOST_DIGITS = 9;

  private Times() {}

  /**
   * Reads 45s, 90m, 24h, 2d or a sum of them, largest first or not: 1h30m. At least one second.
   *
   * @throws Failure a usage error that names the option
   */
  static Duration parse(String option, String text) {
    long total = 0;
    int at = 0;
    while (at < text.length()) {
      int digits = at;
      while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
        digits++;
      }
      long unit = digits < text.length() ? unit(text.charAt(digits)) : 0;
      if (digits == at || digits - at > MOST_DIGITS || unit == 0) {
        throw notADuration(option, text);
      }
      total += Long.parseLong(text.substring(at, digits)) * unit;
      at = digits + 1;
    }
    if (total == 0) {
      throw notADuration(option, text);
    }
    return Duration.ofSeconds(total);
  }

  private static long unit(char letter) {
    return switch (letter) {
      case 's' -> 1;
      case 'm' -> MINUTE;
      case 'h' -> HOUR;
      case 'd' -> DAY;
      default -> 0;
    };
  }

  private static Failure notADuration(String option, String text) {
    return Failure.usage(
        option + " wants a duration, not '" + Text.safe(text) + "'",
        "a number and s, m, h or d, for example " + option + " 24h");
  }

  /** 45 s, 60 min, 2 h 10 min, 21 h, 3 d. */
  static String span(Duration length) {
    long seconds = Math.max(0, (length.toMillis() + 500) / 1000);
    if (seconds < MINUTE) {
      return seconds + " s";
    }
    long minutes = (seconds + MINUTE / 2) / MINUTE;
    if (minutes <= 60) {
      return minutes + " min";
    }
    if (minutes < 10 * 60) {
      return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
    long hours = (minutes + 30) / 60;
    return hours <= 48 ? hours + " h" : (hours + 12) / 24 + " d";
  }

  /** How long our own work took: 0.1 s. */
  static String tenths(Duration length) {
    long tenths = (length.toMillis() + 50) / 100;
    return tenths / 10 + "." + tenths % 10 + " s";
  }

  /** Of a configured length, not rounded as {@link #span} is: 8 h, 24 h, 90 min. */
  static String exactly(Duration length) {
    long seconds = (length.toMillis() + 500) / 1000;
    if (seconds > HOUR && seconds % HOUR == 0) {
      return seconds / HOUR + " h";
    }
    return seconds >= MINUTE && seconds % MINUTE == 0 ? seconds / MINUTE + " min" : seconds + " s";
  }

  /** 13:42, yesterday 23:10, tomorrow 02:00, 2026-05-03 10:00; in the local time zone. */
  static String clock(Instant now, long atMillis) {
    long at = localSeconds(atMillis);
    long day = Math.floorDiv(at, DAY);
    long days = day - Math.floorDiv(localSeconds(now.toEpochMilli()), DAY);
    String time = minutes(at);
    if (days == 0) {
      return time;
    }
    if (days == 1) {
      return "tomorrow " + time;
    }
    return (days == -1 ? "yesterday" : LocalDate.ofEpochDay(day).toString()) + ' ' + time;
  }

  /** 10:31:07 */
  static String second(long atMillis) {
    long at = localSeconds(atMillis);
    return minutes(at) + ':' + two(Math.floorMod(at, MINUTE));
  }

  private static String minutes(long localSeconds) {
    long ofDay = Math.floorMod(localSeconds, DAY);
    return two(ofDay / HOUR) + ':' + two(ofDay % HOUR / MINUTE);
  }

  /** By the older of the JDK's two time zone classes: java.time's reads the same table again. */
  private static long localSeconds(long millis) {
    return Math.floorDiv(millis + TimeZone.getDefault().getOffset(millis), 1000);
  }

  /** Of a phase: 00:41, 1:02:10. */
  static String elapsed(long millis) {
    long seconds = Math.max(0, millis) / 1000;
    String rest = two(seconds % HOUR / MINUTE) + ':' + two(seconds % MINUTE);
    return seconds < HOUR ? rest : seconds / HOUR + ":" + rest;
  }

  /** ISO 8601, UTC; for JSON. */
  static String iso(long atMillis) {
    return Instant.ofEpochMilli(atMillis).toString();
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : Long.toString(number);
  }
}
