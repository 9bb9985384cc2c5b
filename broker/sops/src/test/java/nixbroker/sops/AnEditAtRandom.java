package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of the flat dialect in random spellings: an edit inserts, and changes nothing else. */
class AnEditAtRandom {
  static IntStream seeds() {
    return IntStream.range(0, 400);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void onlyInserts(int seed) throws SopsException {
    Random random = new Random(seed);
    String file = new RandomSopsYaml(random).text();
    SopsConfig config = SopsConfig.parse(Fixture.utf8(file));
    String shown = file;
    for (int i = 0; i < 4; i++) {
      config = edit(config, random, i);
      String now = new String(config.bytes(), StandardCharsets.UTF_8);
      assertThat(removed(shown, now)).as("seed %d%n%s%n->%n%s", seed, shown, now).isEmpty();
      shown = now;
    }
  }

  private static SopsConfig edit(SopsConfig config, Random random, int step) throws SopsException {
    int rules = config.rules().size();
    return switch (random.nextInt(rules == 0 ? 2 : 3)) {
      case 0 -> config.withAnchor("new_" + step, "age1new" + step);
      case 1 ->
          config.withRule(
              random.nextInt(rules + 1),
              "^new/" + step + "/[^/]+\\.yaml$",
              List.of(
                  "age1rule",
                  config.anchors().isEmpty()
                      ? "age1y"
                      : config.anchors().keySet().iterator().next()),
              RuleOptions.NONE);
      default -> config.withRecipient(random.nextInt(rules), "age1member" + step);
    };
  }

  /** Lines of the old text that the new one has not, in order, whole or with something put in. */
  private static String removed(String before, String after) {
    List<String> old = before.lines().toList();
    List<String> now = after.lines().toList();
    int at = 0;
    for (String line : old) {
      while (at < now.size() && !holds(now.get(at), line)) {
        at++;
      }
      if (at++ == now.size()) {
        return line;
      }
    }
    return "";
  }

  /** Equal, or a flow list that became longer at its end. */
  private static boolean holds(String now, String old) {
    if (now.equals(old)) {
      return true;
    }
    int same = 0;
    while (same < Math.min(now.length(), old.length()) && now.charAt(same) == old.charAt(same)) {
      same++;
    }
    String rest = old.substring(same);
    return now.length() > old.length()
        && now.endsWith(rest)
        && (old.contains("[") || now.substring(same, now.length() - rest.length()).equals(","));
  }
}
