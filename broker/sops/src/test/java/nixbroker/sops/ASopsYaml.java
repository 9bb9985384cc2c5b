package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ASopsYaml {
  private static final String RULES =
      """
      keys:
        - &admin PUT_AGE_KEY_HERE
        - &ssh ssh-ed25519 AAAA someone@host
      creation_rules:
        - path_regex: ^common/
          encrypted_regex: ^secret$
          mac_only_encrypted: true
          key_groups:
            - pgp: [FBC7]
              age: [*admin, 'age1x, age1y']
        - path_regex: "["
        - age: [*ssh]
      """;

  private static SopsConfig config(String text) throws SopsException {
    return SopsConfig.parse(Fixture.utf8(text));
  }

  @Test
  void keepsPlaceholders() throws SopsException {
    assertThat(config(RULES).anchors()).containsEntry("admin", "PUT_AGE_KEY_HERE");
  }

  @Test
  void keepsItsBytes() throws SopsException {
    assertThat(config(RULES).bytes()).isEqualTo(Fixture.utf8(RULES));
  }

  @Test
  void resolvesAliasesAndCommas() throws SopsException {
    assertThat(config(RULES).rules().getFirst().recipients())
        .containsExactly("PUT_AGE_KEY_HERE", "age1x", "age1y");
  }

  @Test
  void namesRecipientsByAnchorWhereItCan() throws SopsException {
    assertThat(config(RULES).rules().getFirst().names()).containsExactly("admin", "age1x", "age1y");
  }

  @Test
  void noticesOtherKindsOfKeys() throws SopsException {
    assertThat(config(RULES).rules())
        .extracting(SopsConfig.Rule::otherKinds)
        .containsExactly(true, false, false);
  }

  @Test
  void readsOptions() throws SopsException {
    assertThat(config(RULES).rules().getFirst().options())
        .isEqualTo(new RuleOptions("", "", "", "^secret$", "", "", true));
  }

  @Test
  void letsTheFirstMatchWin() throws SopsException {
    assertThat(config(RULES).winner("common/a.yaml").map(SopsConfig.Rule::index))
        .isEqualTo(Optional.of(0));
  }

  @Test
  void refusesAnInvalidExpressionThatItReaches() throws SopsException {
    SopsConfig config = config(RULES);
    assertThatThrownBy(() -> config.winner("hosts/a.yaml"))
        .isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void refusesOptionsThatContradictWhenTheirRuleWins() throws SopsException {
    SopsConfig config =
        config("creation_rules:\n- encrypted_suffix: _a\n  unencrypted_suffix: _b\n");
    assertThatThrownBy(() -> config.winner("x")).isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void matchesEverythingWithoutAnExpression() throws SopsException {
    assertThat(config("creation_rules:\n- age: [age1x]\n").winner("any")).isPresent();
  }

  @Test
  void hasNoWinnerWithoutRules() throws SopsException {
    assertThat(config("keys: []\n").winner("any")).isEmpty();
  }

  @Test
  void mayBeEmpty() throws SopsException {
    assertThat(config("").rules()).isEmpty();
  }

  @Test
  void isReadInTheFoldedFormOfSopsItself() throws SopsException {
    SopsConfig config =
        SopsConfig.parse(Vectors.bytes("vectors/upstream-sops/repo-root.sops.yaml"));
    assertThat(config.rules().getFirst().otherKinds()).isTrue();
  }

  @Test
  void isReadInTheFormOfSopsOwnTests() throws SopsException {
    SopsConfig config =
        SopsConfig.parse(Vectors.bytes("vectors/upstream-sops/functional-tests.sops.yaml"));
    assertThat(config.rules()).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys: [",
        "- a",
        "text",
        "creation_rules: text",
        "creation_rules:\n- text",
        "creation_rules:\n- path_regex: [a]",
        "creation_rules:\n- age: {a: b}",
        "creation_rules:\n- key_groups: [text]",
        "creation_rules:\n- age: [*nobody]",
        "keys: []\nkeys: []",
        "a: \"\\x\"",
        "a: \u0001",
        "a:\n\t- b",
      })
  void isMalformedWithItsReason(String text) {
    assertThatThrownBy(() -> config(text)).isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void namesTheLineThatIsNotYaml() {
    assertThatThrownBy(() -> config("keys: []\ncreation_rules:\n  - a: b: c\n"))
        .hasMessage("line 3 is not YAML");
  }

  @Test
  void isMalformedWhenItIsNotUtf8() {
    assertThatThrownBy(() -> SopsConfig.parse(new byte[] {(byte) 0xC3, 0x28}))
        .isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void isMalformedWhenNestedWithoutEnd() {
    assertThatThrownBy(() -> config("keys: " + "[".repeat(20_000)))
        .isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void doesNotExplodeByAliases() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [age1x]\n");
    for (int i = 1; i < 30; i++) {
      String item = "*a" + (i - 1);
      bomb.append("a%d: &a%d [%s]%n".formatted(i, i, (item + ",").repeat(9) + item));
    }
    bomb.append("creation_rules:\n- age: *a29\n");
    assertThatThrownBy(() -> config(bomb.toString())).isInstanceOf(SopsException.Malformed.class);
  }

  @Test
  void doesNotFollowAnAliasOfItself() {
    assertThatThrownBy(() -> config("creation_rules:\n- age: &a [*a]\n"))
        .isInstanceOf(SopsException.Malformed.class);
  }
}
