package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ADialectThatIsNotFlat {
  /** winner: the names of the rule that wins for "hosts/ganon/x.yaml". */
  record Case(String name, String edit, String winner, String cause, String paste, String file) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "nested maps",
            "anchor host_x age1x",
            "[admin]",
            "its keys are a map of groups",
            "  - &host_x age1x\n",
            """
            keys:
              users:
                - &admin age1admin
              hosts:
                - &ganon age1ganon
            creation_rules:
              - path_regex: ^hosts/
                key_groups:
                  - age:
                      - *admin
            """),
        new Case(
            "labelled lists",
            "anchor host_x age1x",
            "[admin]",
            "its keys are lists within a list",
            "  - &host_x age1x\n",
            """
            keys:
              - &users
                - &admin age1admin
              - &hosts
                - &ganon age1ganon
            creation_rules:
              - age: [*admin]
            """),
        new Case(
            "merge keys",
            "recipient 0 age1x",
            "[age1admin]",
            "the rule takes its recipients from elsewhere in the file (merge or alias)",
            "          - age1x\n",
            """
            users: &users
              age: [&admin age1admin]
            creation_rules:
              - path_regex: .*
                key_groups:
                  - <<: *users
            """),
        new Case(
            "one text with commas",
            "recipient 0 age1x",
            "[age1a, age1b]",
            "the rule holds its age recipients in one text, not in a list",
            "    age:\n      - age1a\n      - age1b\n      - age1x\n",
            """
            creation_rules:
              - path_regex: .*
                age: >-
                  age1a,
                  age1b
            """),
        new Case(
            "several key groups",
            "recipient 0 age1x",
            "[age1a, age1b]",
            "the rule splits the key among groups (Shamir)",
            "          - age1x\n",
            """
            creation_rules:
              - key_groups:
                  - age: [age1a]
                  - age: [age1b]
            """),
        new Case(
            "a threshold",
            "recipient 0 age1x",
            "[age1a]",
            "the rule splits the key among groups (Shamir)",
            "          - age1x\n",
            """
            creation_rules:
              - shamir_threshold: 2
                key_groups:
                  - age: [age1a]
            """),
        new Case(
            "a list of all, by alias",
            "recipient 0 age1x",
            "[age1a]",
            "the rule takes its recipients from elsewhere in the file (merge or alias)",
            "          - age1x\n",
            """
            all: &all [age1a]
            creation_rules:
              - age: *all
            """),
        new Case(
            "a list that others use",
            "recipient 0 age1x",
            "[age1a]",
            "the rule shares its list of age recipients",
            "          - age1x\n",
            """
            creation_rules:
              - path_regex: ^hosts/
                age: &all [age1a]
              - age: *all
            """),
        new Case(
            "no age at all",
            "recipient 0 age1x",
            "[]",
            "the rule has no list of age recipients",
            "          - age1x\n",
            """
            creation_rules:
              - pgp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4
            """),
        new Case(
            "rules in brackets",
            "rule 0 ^x/ age1x",
            "[age1a]",
            "its rules are written in [ ]",
            "  - path_regex: ^x/\n    key_groups:\n      - age:\n          - age1x\n",
            """
            creation_rules: [{age: [age1a]}]
            """),
        new Case(
            "everything in braces",
            "anchor x age1x",
            "[age1a]",
            "it is written in { }",
            "  - &x age1x\n",
            """
            {creation_rules: [{age: [age1a]}]}
            """),
        new Case(
            "several documents",
            "anchor x age1x",
            "[age1a]",
            "it holds several YAML documents",
            "  - &x age1x\n",
            """
            creation_rules:
              - age: [age1a]
            ---
            creation_rules: []
            """),
        new Case(
            "an anchor twice",
            "anchor x age1x",
            "[a]",
            "an anchor is defined twice",
            "  - &x age1x\n",
            """
            keys:
              - &a age1a
              - &a age1b
            creation_rules:
              - age: [*a]
            """));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isReadAllTheSame(Case each) throws SopsException {
    SopsConfig config = SopsConfig.parse(Fixture.utf8(each.file));
    assertThat(config.winner("hosts/ganon/x.yaml").orElseThrow().names()).hasToString(each.winner);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isNotEdited(Case each) throws SopsException {
    assertThat(refusal(each)).hasMessageContaining(each.cause);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void comesWithTheLinesToPaste(Case each) throws SopsException {
    assertThat(refusal(each).paste()).isEqualTo(each.paste);
  }

  private static SopsException.Unsupported refusal(Case each) throws SopsException {
    SopsConfig config = SopsConfig.parse(Fixture.utf8(each.file));
    return catchThrowableOfType(
        SopsException.Unsupported.class, () -> Fixture.apply(config, each.edit));
  }
}
