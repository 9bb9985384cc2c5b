package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
