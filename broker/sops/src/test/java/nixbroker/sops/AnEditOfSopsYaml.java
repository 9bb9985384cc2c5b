package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnEditOfSopsYaml {
  static Stream<Fixture> fixtures() {
    return Stream.of(
            "readme",
            "compact-lists",
            "flow-lists",
            "plain-age-lists",
            "multi-line-flow",
            "blank-separated",
            "pgp-beside-age",
            "no-keys",
            "no-rules",
            "empty-sections",
            "nothing",
            "empty-flow-keys",
            "unicode",
            "dash-on-its-own-line",
            "key-groups-flow-map")
        .map(Fixture::read);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void givesTheFileBeside(Fixture fixture) throws SopsException {
    assertThat(edited(fixture, fixture.before())).isEqualTo(fixture.after());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void keepsTheLineEndsOfWindows(Fixture fixture) throws SopsException {
    assertThat(edited(fixture, fixture.before().replace("\n", "\r\n")))
        .isEqualTo(fixture.after().replace("\n", "\r\n"));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void keepsAMissingLastLineEnd(Fixture fixture) throws SopsException {
    assertThat(edited(fixture, fixture.before().stripTrailing()))
        .isEqualTo(fixture.after().stripTrailing());
  }

  private static String edited(Fixture fixture, String before) throws SopsException {
    return new String(Fixture.apply(Fixture.utf8(before), fixture.edits()), StandardCharsets.UTF_8);
  }

  @Test
  void ofAFileThatIsNewStartsFromADocumentedOne() throws SopsException {
    SopsConfig config =
        SopsConfig.empty()
            .withAnchor("master", "age1master")
            .withRule(0, "^hosts/", List.of("master"), RuleOptions.NONE)
            .withRule(1, "^users/", List.of("master"), RuleOptions.NONE);
    assertThat(new String(config.bytes(), StandardCharsets.UTF_8))
        .endsWith(
            """
            # - &name age1...
            keys:
              - &master age1master

            creation_rules:
              - path_regex: ^hosts/
                key_groups:
                  - age:
                      - *master
              - path_regex: ^users/
                key_groups:
                  - age:
                      - *master
            """);
  }

  @Test
  void writesEveryOptionOfARule() throws SopsException {
    RuleOptions options = new RuleOptions("", "", "", "^(data|x: y)$", "", "", true);
    SopsConfig config = SopsConfig.empty().withRule(0, "^a/", List.of("age1x"), options);
    assertThat(config.rules().getFirst().options()).isEqualTo(options);
  }

  @Test
  void refusesAnAnchorThatIsTaken() throws SopsException {
    SopsConfig config = SopsConfig.parse(Fixture.utf8("keys:\n  - &ganon age1x\n"));
    assertThatThrownBy(() -> config.withAnchor("ganon", "age1y"))
        .isInstanceOf(SopsException.Unsupported.class)
        .hasMessageContaining("taken");
  }

  @Test
  void takesAnAnchorWhoseNameStartsAnotherOne() throws SopsException {
    SopsConfig config = SopsConfig.parse(Fixture.utf8("keys:\n  - &ganon2 age1x\n"));
    assertThat(config.withAnchor("ganon", "age1y").anchors())
        .containsExactly(Map.entry("ganon2", "age1x"), Map.entry("ganon", "age1y"));
  }

  @Test
  void refusesANameThatNoAnchorCanHave() throws SopsException {
    SopsConfig config = SopsConfig.empty();
    assertThatThrownBy(() -> config.withAnchor("a b", "age1y"))
        .isInstanceOf(SopsException.Unsupported.class);
  }

  @Test
  void refusesARecipientOfSeveralLines() throws SopsException {
    SopsConfig config = SopsConfig.empty();
    assertThatThrownBy(() -> config.withAnchor("a", "age1y\ncreation_rules:"))
        .isInstanceOf(SopsException.Unsupported.class);
  }

  @Test
  void changesNothingForARecipientThatIsThere() throws SopsException {
    String text = "keys:\n- &a age1a\ncreation_rules:\n- age: [*a]\n";
    SopsConfig config = SopsConfig.parse(Fixture.utf8(text));
    assertThat(config.withRecipient(0, "a")).isSameAs(config);
  }

  @Test
  void refusesAnAliasAboveItsAnchor() throws SopsException {
    String text = "creation_rules:\n- age:\n  - age1x\nkeys:\n- &a age1a\n";
    SopsConfig config = SopsConfig.parse(Fixture.utf8(text));
    assertThatThrownBy(() -> config.withRecipient(0, "a"))
        .isInstanceOf(SopsException.Unsupported.class);
  }
}
