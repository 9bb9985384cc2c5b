package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AGoExpression {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ' ',
      value = {
        "prod a/prod/b.yaml true",
        "^prod a/prod/b.yaml false",
        "^hosts/ganon/[^/]+\\.(yaml|json)$ hosts/ganon/x.yaml true",
        "^hosts/ganon/[^/]+\\.(yaml|json)$ hosts/ganon/x/y.yaml false",
        "^(data|stringData)$ data true",
        "^(data|stringData)$ metadata false",
        "(?i)SECRET mysecret true",
        "(?i:A)b ab true",
        "(?i:A)b aB false",
        "a{2,3}$ aaa true",
        "^a{2,3}$ aaaa false",
        "^a{2}$ aa true",
        "^x{,2}$ x{,2} true",
        "^[[:alpha:]]+$ abc true",
        "^[[:^alpha:]]+$ abc false",
        "^[]a]+$ ]a true",
        "^[a-]+$ a-a true",
        "^[&&x]+$ &x true",
        "^[^a-c]$ d true",
        "^\\d+\\w\\s?$ 12a true",
        "^[\\d\\-]+$ 1-2 true",
        "^\\pL+$ grüße true",
        "^\\p{Greek}+$ αβγ true",
        "^\\p{^Greek}+$ abc true",
        "^\\Qa.b\\E$ a.b true",
        "^\\Qa.b\\E$ axb false",
        "^\\x41\\x{42}\\103$ ABC true",
        "\\bfoo\\b a/foo.b true",
        "\\Bfoo afoo true",
        "\\Aa\\z a true",
        "^(?P<h>a+)(?<g>b)$ aab true",
        "^(?:a|b)*$ abba true",
        "^(|a)b$ b true",
        "^a+?b??$ aa true",
        "^(a*)*$ aaa true",
        "^.$ 💥 true",
        "_secret$ my_secret true",
        "a|^b$|c b true",
      })
  void findsWhatGoFinds(String pattern, String text, boolean found) throws SopsException {
    assertThat(GoRegex.compile(pattern).find(text)).isEqualTo(found);
  }

  @Test
  void takesTheDollarAsTheVeryEnd() throws SopsException {
    assertThat(GoRegex.compile("a$").find("a\n")).isFalse();
  }

  @Test
  void endsALineWithTheFlag() throws SopsException {
    assertThat(GoRegex.compile("(?m)^a$").find("b\na\nc")).isTrue();
  }

  @Test
  void keepsADotWithinTheLine() throws SopsException {
    assertThat(GoRegex.compile("^a.b$").find("a\nb")).isFalse();
  }

  @Test
  void takesALineEndWithTheFlag() throws SopsException {
    assertThat(GoRegex.compile("(?s)^a.b$").find("a\nb")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a(?=b)",
        "a(?!b)",
        "(?<=a)b",
        "(?<!a)b",
        "(?>a)",
        "(a)\\1",
        "(?<n>a)\\k<n>",
        "a*+",
        "a++",
        "a?+",
        "a**",
        "a{2}{3}",
        "*.yaml",
        "|*",
        "(*)",
        "(",
        ")",
        "a)",
        "[",
        "[a",
        "[b-a]",
        "[[:nope:]]",
        "\\",
        "\\Z",
        "\\G",
        "\\R",
        "\\h",
        "\\cA",
        "\\q",
        "\\p{Nope}",
        "\\p{IsGreek}",
        "a{1001}",
        "a{3,2}",
        "(?x)a",
        "(?d)a",
        "(?)",
        "((a{900}){900}){900}",
      })
  void isRefusedWhereGoRefusesIt(String pattern) {
    assertThatThrownBy(() -> GoRegex.compile(pattern)).isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void isNotSlowedDownByNestedRepetition() throws SopsException {
    GoRegex nested = GoRegex.compile("^(((a+)+)+)+$");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> nested.find("a".repeat(5000) + "!"));
  }

  @Test
  void isNotNestedWithoutEnd() {
    assertThatThrownBy(() -> GoRegex.compile("(".repeat(5000)))
        .isInstanceOf(SopsException.Malformed.class);
  }
}
