package nixbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AClockTime {
  private final TimeZone before = TimeZone.getDefault();

  @BeforeEach
  void inBerlin() {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void whereItWas() {
    TimeZone.setDefault(before);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-02T12:42:00Z, 13:42",
    "2026-03-01T22:10:00Z, yesterday 23:10",
    "2026-03-01T23:30:00Z, 00:30",
    "2026-03-02T23:05:00Z, tomorrow 00:05",
    "2026-02-27T09:00:00Z, 2026-02-27 10:00",
    "2026-07-01T08:00:00Z, 2026-07-01 10:00"
  })
  void isLocalAndNamesItsDay(Instant at, String shown) {
    Instant now = Instant.parse("2026-03-02T10:00:00Z");
    assertThat(Times.clock(now, at.toEpochMilli())).isEqualTo(shown);
  }
}
