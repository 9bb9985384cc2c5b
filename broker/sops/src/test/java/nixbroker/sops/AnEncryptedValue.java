package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnEncryptedValue {
  static Stream<Map<String, Object>> known() {
    return Vectors.table("vectors/value-kat.json").stream();
  }

  @ParameterizedTest
  @MethodSource("known")
  void opensUnderItsPath(Map<String, Object> row) {
    EncValue value = EncValue.parse((String) row.get("enc")).orElseThrow();
    assertThat(value.open(key(row), (String) row.get("aad")))
        .hasValue(((String) row.get("plaintext")).getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("known")
  void opensUnderNoOtherPath(Map<String, Object> row) {
    EncValue value = EncValue.parse((String) row.get("enc")).orElseThrow();
    assertThat(value.open(key(row), row.get("aad") + "x:")).isEmpty();
  }

  @Test
  void hasAnIvOf32BytesWhenWeWriteIt() {
    try (DataKey key = DataKey.random()) {
      EncValue value = EncValue.parse(EncValue.sealText(key, new byte[] {1}, "a:")).orElseThrow();
      assertThat(value.iv()).hasSize(32);
    }
  }

  @Test
  void staysEmptyWhenItIsEmpty() {
    try (DataKey key = DataKey.random()) {
      assertThat(EncValue.sealText(key, new byte[0], "a:")).isEmpty();
    }
  }

  @Test
  void isNoneWithoutBase64() {
    assertThat(EncValue.parse("ENC[AES256_GCM,data:§,iv:AA==,tag:AA==,type:str]")).isEmpty();
  }

  private static final String[] PIECES = {
    "ENC[AES256_GCM,data:", ",iv:", ",tag:", ",type:", "]", "AAAA", "str", "\n", ",", "\r"
  };

  private static String pieces(Random random) {
    StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "" : PIECES[0]);
    for (int i = random.nextInt(24); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  /** The expression of sops, and its base64: an oracle that is right, but slow. */
  private static Optional<String> asSopsSays(String text) {
    Matcher form =
        Pattern.compile(
                "^ENC\\[AES256_GCM,data:(.+),iv:(.+),tag:(.+),type:(.+)\\]", Pattern.UNIX_LINES)
            .matcher(text);
    boolean found = form.find();
    for (int i = 1; found && i <= 3; i++) {
      found = form.group(i).matches("(?:AAAA)+");
    }
    return found ? Optional.of(form.group(4)) : Optional.empty();
  }

  @Test
  void hasTheTypeThatTheExpressionOfSopsFinds() {
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      String text = pieces(random);
      assertThat(EncValue.parse(text).map(EncValue::type)).as(text).isEqualTo(asSopsSays(text));
    }
  }

  @Test
  void endsAtTheLastBracketOfItsLine() {
    assertThat(EncValue.parse("ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:a]b]c\n]"))
        .map(EncValue::type)
        .contains("a]b");
  }

  @Test
  @Timeout(20)
  void isRefusedSoonWhenItIsLongAndAlmostOne() {
    String marks = ",iv:a,tag:a,type:a".repeat(50_000);
    assertThat(EncValue.parse("ENC[AES256_GCM,data:" + marks)).isEmpty();
  }

  static Stream<Map<String, Object>> macs() {
    return Vectors.table("vectors/mac-kat.json").stream();
  }

  @ParameterizedTest
  @MethodSource("macs")
  void goesIntoTheMacAsItsText(Map<String, Object> row) {
    Mac mac = new Mac((Boolean) row.get("mac_only_encrypted"));
    for (Object text : (Iterable<?>) row.get("leaf_texts")) {
      mac.encrypted(((String) text).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(new String(mac.text(), StandardCharsets.US_ASCII)).isEqualTo(row.get("mac"));
  }

  private static DataKey key(Map<String, Object> row) {
    return Vectors.key((String) row.get("key_hex"));
  }
}
