package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ATextThatIsNoSopsFile {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# only a comment\n",
        "a: 1\n",
        "a:\n  sops: 1\n",
        "services:\n  sops:\n    age: keyFile\n",
        "a: |\n  sops:\n",
        "sopsfile: x\n",
        "{\"a\": {\"b\": 1}}\n"
      })
  void isSeenAsPlain(String text) {
    assertThat(SopsFile.looksEncrypted(Fixture.utf8(text))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sops:\n",
        "a: [\nsops: {}\n",
        "---\na: 1\n\"sops\": x\n",
        "  a: 1\n  sops:\n",
        "a: 1\r\nsops:\r\n",
        "{\"a\": 1, \"sops\": {}}",
        "\uFEFFa: 1\nsops: 1\n"
      })
  void looksEncryptedAsSoonAsItHasTheBlock(String text) {
    assertThat(SopsFile.looksEncrypted(Fixture.utf8(text))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# c\n", "a: 1\n", "a:\n  sops: 1\n"})
  void isRefusedAsNotEncrypted(String text) {
    assertThatThrownBy(() -> SopsFile.parse(Fixture.utf8(text)))
        .isInstanceOf(SopsException.NotEncrypted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- a\n",
        "text\n",
        "sops: text\n",
        "sops: {}\n",
        "a: [\n",
        "1: x\nsops: {a: b}\n",
        "a: 1\na: 2\nsops: {a: b}\n",
        "sops:\n  age: []\n  lastmodified: '2026-01-01T00:00:00Z'\n",
        "sops:\n  age:\n  - enc: x\n  lastmodified: '2026-01-01T00:00:00Z'\n",
        "sops:\n  age:\n  - {enc: x, recipient: y}\n",
        "sops:\n  age:\n  - {enc: x, recipient: y}\n  lastmodified: yesterday\n",
        "sops:\n  age:\n  - {enc: x, recipient: y}\n  lastmodified: '2026-13-01T00:00:00Z'\n",
      })
  void isRefusedAsMalformed(String text) {
    assertThatThrownBy(() -> SopsFile.parse(Fixture.utf8(text)))
        .isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void isRefusedByNameForAnAlias() {
    assertThatThrownBy(() -> SopsFile.parse(Fixture.utf8("a: &x 1\nb: *x\nsops: {a: b}\n")))
        .isInstanceOf(SopsException.Unsupported.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void isNotQuotedInTheMessage() {
    assertThatThrownBy(() -> SopsFile.parse(Fixture.utf8("password: hunter2: x\n")))
        .hasMessageNotContaining("hunter2");
  }
}
