package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnAgeFile {
  private static final byte[] PLAINTEXT = "a secret\n".getBytes(StandardCharsets.UTF_8);

  private final int openBefore = SecretPage.open();
  private X25519Identity identity;

  @BeforeEach
  void makeAnIdentity() {
    identity = X25519Identity.generate();
  }

  @AfterEach
  void noPageIsLeftOpen() {
    identity.close();
    assertThat(SecretPage.open()).isEqualTo(openBefore);
  }

  @Test
  void isDecryptedIntoAPage() throws Exception {
    byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(identity.recipient()));
    try (SecretPage page = AgeFile.decryptToPage(file, identity)) {
      assertThat(page.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(PLAINTEXT);
    }
  }

  @Test
  void thatIsDamagedAnywhereIsRefused() throws Exception {
    byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(identity.recipient()));
    for (int i = 0; i < file.length; i++) {
      byte[] damaged = file.clone();
      damaged[i] ^= 1;
      assertThatThrownBy(() -> AgeFile.decryptToPage(damaged, identity))
          .isInstanceOf(AgeException.class);
      byte[] cut = Arrays.copyOf(file, i);
      assertThatThrownBy(() -> AgeFile.decrypt(cut, identity)).isInstanceOf(AgeException.class);
    }
  }

  @Test
  void listsItsStanzasInOrder() throws Exception {
    try (X25519Identity other = X25519Identity.generate()) {
      byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(other.recipient(), identity.recipient()));
      assertThat(AgeFile.stanzas(AgeFile.armor(file)))
          .isEqualTo(AgeFile.stanzas(file))
          .extracting(Stanza::type)
          .containsExactly("X25519", "X25519");
    }
  }

  @Test
  void withoutARecipientIsRefused() {
    assertThatThrownBy(() -> AgeFile.encrypt(PLAINTEXT, List.of()))
        .isInstanceOf(AgeException.Key.class);
  }

  @Test
  void mixingAPassphraseWithOthersIsRefused() {
    try (var passphrase = new ScryptRecipient(PLAINTEXT, 1)) {
      var both = List.of(passphrase, identity.recipient());
      assertThatThrownBy(() -> AgeFile.encrypt(PLAINTEXT, both))
          .isInstanceOf(AgeException.Key.class);
    }
  }

  @Test
  void withAHeaderOfMoreThanAMebibyteIsRefused() {
    byte[] file =
        ("age-encryption.org/v1\n-> " + "x".repeat(Header.LIMIT) + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> AgeFile.stanzas(file))
        .isInstanceOf(AgeException.Header.class)
        .hasMessageContaining("1 MiB");
  }

  @Test
  void doesNotOpenWithAWrongPassphrase() throws Exception {
    try (var right = new ScryptRecipient(new byte[] {'a'}, 1);
        var wrong = new ScryptIdentity(new byte[] {'b'})) {
      byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(right));
      assertThatThrownBy(() -> AgeFile.decrypt(file, wrong))
          .isInstanceOf(AgeException.NoMatch.class);
    }
  }

  @Test
  void askingForTooMuchWorkIsRefused() throws Exception {
    try (var recipient = new ScryptRecipient(new byte[] {'a'}, 11);
        var identity = new ScryptIdentity(new byte[] {'a'}, 10)) {
      byte[] file = AgeFile.encrypt(PLAINTEXT, List.of(recipient));
      assertThatThrownBy(() -> AgeFile.decrypt(file, identity))
          .isInstanceOf(AgeException.Header.class);
    }
  }
}
