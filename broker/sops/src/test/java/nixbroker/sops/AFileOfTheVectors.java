package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AFileOfTheVectors {
  record Row(String file, String outcome, String key, Map<String, String> strings) {
    @Override
    public String toString() {
      return file + ": " + outcome;
    }

    byte[] bytes() {
      return Vectors.bytes("vectors/" + file);
    }
  }

  static Stream<Row> rows() {
    return Vectors.table("vectors/expected.json").stream()
        .map(
            row -> {
              Map<String, String> strings = new LinkedHashMap<>();
              ((Map<?, ?>) row.get("strings"))
                  .forEach((k, v) -> strings.put((String) k, (String) v));
              return new Row(
                  (String) row.get("file"),
                  (String) row.get("outcome"),
                  (String) row.get("key"),
                  strings);
            });
  }

  static Stream<Row> good() {
    return rows().filter(row -> row.outcome.equals("success"));
  }

  static Stream<Row> bad() {
    return rows().filter(row -> !row.outcome.equals("success"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void givesItsStrings(Row row) throws SopsException {
    Map<String, String> strings = new LinkedHashMap<>();
    try (DataKey key = Vectors.key(row.key)) {
      SopsFile.parse(row.bytes())
          .values(key)
          .forEach((k, v) -> strings.put(k, new String(v, StandardCharsets.UTF_8)));
    }
    assertThat(strings).isEqualTo(row.strings);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isRefusedByType(Row row) {
    assertThatThrownBy(
            () -> {
              try (DataKey key = Vectors.key(row.key)) {
                SopsFile.parse(row.bytes()).verify(key);
              }
            })
        .hasSameClassAs(
            switch (row.outcome) {
              case "Tampered" -> new SopsException.Tampered("");
              case "Malformed" -> new SopsException.Malformed("");
              case "NotEncrypted" -> new SopsException.NotEncrypted("");
              default -> throw new IllegalArgumentException(row.outcome);
            });
  }

  @ParameterizedTest
  @MethodSource("rows")
  void looksEncryptedUnlessItIsNot(Row row) {
    assertThat(SopsFile.looksEncrypted(row.bytes())).isEqualTo(!row.outcome.equals("NotEncrypted"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void keepsItsBytes(Row row) throws SopsException {
    assertThat(SopsFile.parse(row.bytes()).bytes()).isEqualTo(row.bytes());
  }

  @ParameterizedTest
  @MethodSource("good")
  void doesNotOpenUnderAnotherKey(Row row) throws SopsException {
    SopsFile file = SopsFile.parse(row.bytes());
    try (DataKey other = DataKey.random()) {
      assertThatThrownBy(() -> file.verify(other)).isInstanceOf(SopsException.Tampered.class);
    }
  }
}
