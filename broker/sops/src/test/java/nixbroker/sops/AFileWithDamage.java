package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded damage to good files: a typed refusal or the same strings, never another exception. */
class AFileWithDamage {
  private static final String SPLICES = "\n \t:-#&*[]{}'\"|>%@,!?\\\u0000\u0085é💥";

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  private static byte[] damaged(byte[] file, Random random) {
    StringBuilder text = new StringBuilder(new String(file, StandardCharsets.UTF_8));
    for (int i = random.nextInt(3); i >= 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, SPLICES.charAt(random.nextInt(SPLICES.length())));
        case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
        default -> text.delete(at, Math.min(text.length(), at + random.nextInt(200)));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isRefusedByTypeOrHoldsTheSameStrings(int seed) {
    Random random = new Random(seed);
    for (var row : AFileOfTheVectors.good().filter(r -> !r.file().contains("mac-only")).toList()) {
      byte[] bytes = damaged(row.bytes(), random);
      try (DataKey key = Vectors.key(row.key())) {
        Map<String, byte[]> values = SopsFile.parse(bytes).values(key);
        assertThat(row.strings().values())
            .as("seed %d, %s", seed, row.file())
            .containsAll(values.values().stream().map(AFileWithDamage::text).toList());
      } catch (SopsException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  static Stream<Integer> configSeeds() {
    return seeds().boxed();
  }

  @ParameterizedTest
  @MethodSource("configSeeds")
  void isEditedOrRefusedByTypeWhenItIsASopsYaml(int seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      byte[] bytes =
          damaged(Fixture.utf8("keys: []\n" + new RandomSopsYaml(random).text()), random);
      List<String> edits =
          Arrays.asList("anchor new age1new", "recipient 0 new", "rule 0 ^x/ new", "rule 1 ^y/ z");
      try {
        SopsConfig config = SopsConfig.parse(bytes);
        if (!config.rules().isEmpty()) {
          config.winner("common/x.yaml");
          Fixture.apply(bytes, edits);
        }
      } catch (SopsException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }
}
