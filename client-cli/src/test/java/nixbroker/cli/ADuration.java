package nixbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ADuration {
  @ParameterizedTest
  @CsvSource({"45s, PT45S", "90m, PT90M", "24h, PT24H", "2d, PT48H", "1h30m, PT90M", "0h5m, PT5M"})
  void isReadAsWritten(String text, Duration expected) {
    assertThat(Times.parse("--ttl", text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "h", "24", "24 h", "-1h", "1w", "1.5h", "9999999999h", "٣h"})
  void isRefusedWhereItIsNone(String text) {
    assertThatThrownBy(() -> Times.parse("--ttl", text)).isInstanceOf(Failure.class);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT59.4S, 59 s",
    "PT60S, 1 min",
    "PT59M40S, 60 min",
    "PT2H10M, 2 h 10 min",
    "PT8H, 8 h",
    "PT20H59M59S, 21 h",
    "PT49H, 2 d"
  })
  void isShownRounded(Duration length, String shown) {
    assertThat(Times.span(length)).isEqualTo(shown);
  }
}
