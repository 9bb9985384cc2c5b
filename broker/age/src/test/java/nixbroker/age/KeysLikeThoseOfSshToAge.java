package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class KeysLikeThoseOfSshToAge {
  private static Stream<Map<String, String>> keys() throws IOException {
    return Vectors.objects("ssh-to-age/kat.json").stream()
        .filter(key -> key.containsKey("seed_hex"));
  }

  @TestFactory
  Stream<DynamicTest> haveTheSameIdentity() throws IOException {
    return keys()
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key.get("private_key_file"),
                    () -> {
                      byte[] seed = Vectors.hex(key.get("seed_hex"));
                      try (var identity = X25519Identity.ofSshEd25519Seed(seed)) {
                        assertThat(new String(identity.encodedBytes(), StandardCharsets.US_ASCII))
                            .isEqualTo(key.get("age_identity"));
                        assertThat(identity.recipient().text()).isEqualTo(key.get("age_recipient"));
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> haveTheSameRecipient() throws IOException {
    return keys()
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key.get("private_key_file"),
                    () -> {
                      byte[] point = Vectors.hex(key.get("ed25519_public_hex"));
                      assertThat(X25519Recipient.ofSshEd25519(point).text())
                          .isEqualTo(key.get("age_recipient"));
                    }));
  }

  @Test
  void areAtLeastFour() throws IOException {
    assertThat(keys()).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void areNotMadeOfBytesThatAreNoPoint() {
    byte[] noPoint = new byte[32];
    noPoint[0] = 2;
    assertThatThrownBy(() -> X25519Recipient.ofSshEd25519(noPoint))
        .isInstanceOf(AgeException.Key.class);
  }
}
