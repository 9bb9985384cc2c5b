package nixbroker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextFromAfar {
  @Test
  void cannotSteerTheTerminal() {
    assertThat(Text.safe("a\u001b[2J\u009b\u007f\u202e\r\nb\tc")).isEqualTo("a�[2J�����b c");
  }

  @Test
  void keepsItsLetters() {
    assertThat(Text.safe("größe – 東京 ✓")).isEqualTo("größe – 東京 ✓");
  }

  @Test
  void isEscapedInJson() {
    assertThat(Text.escaped("{\"a\":\"\u009b\"}")).isEqualTo("{\"a\":\"\\u009b\"}");
  }

  @Test
  void hasItsSerialNumbersGrouped() {
    assertThat(Text.key("YubiKey 5C, serial 15432198")).isEqualTo("YubiKey 5C, serial 15 432 198");
  }

  @Test
  void hasItsFingerprintsShortened() {
    assertThat(Text.shortened("SHA256:mV2kTn0cFDqvY1o3m0rWZkq4m7yqk8mJc7xQ2hVuc9A"))
        .isEqualTo("SHA256:mV2…uc9A");
  }

  @Test
  void hasItsHomeAsATilde() {
    assertThat(Text.path("/home/me/nixcfg", "/home/me")).isEqualTo("~/nixcfg");
  }
}
