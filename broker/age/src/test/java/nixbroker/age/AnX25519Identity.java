package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import nixbroker.secret.SecretPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnX25519Identity {
  private static final String IDENTITY =
      "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
  private static final String RECIPIENT =
      "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

  @Test
  void hasTheRecipientOfTheKnownAnswer() throws Exception {
    try (var identity = X25519Identity.parse(ascii(IDENTITY))) {
      assertThat(identity.recipient().text()).isEqualTo(RECIPIENT);
      assertThat(identity.recipient()).isEqualTo(Recipient.parse(RECIPIENT));
    }
  }

  @Test
  void isReadFromAPageWithCommentsAndWrittenBack() throws Exception {
    byte[] text = ascii("# created: now\r\n\r\n# public key: x\r\n" + IDENTITY + "\r\n");
    try (SecretPage page = SecretPage.allocate(text.length)) {
      page.segment().copyFrom(MemorySegment.ofArray(text));
      try (var identity = X25519Identity.parse(page);
          SecretPage encoded = identity.encoded()) {
        assertThat(encoded.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(ascii(IDENTITY));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# only a comment\n",
        RECIPIENT,
        " " + IDENTITY,
        IDENTITY + " ",
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEY",
        "AGE-SECRET-KEY-PQ-1HZLGZUPT4ETPKDEV8HSGFDCYZ4E522W0A7PU2LHT8EH9W6YLNC3SW78XKG"
      })
  void isNotMadeOfOtherText(String text) {
    assertThatThrownBy(() -> X25519Identity.parse(ascii(text)))
        .isInstanceOf(AgeException.Key.class)
        .message()
        .doesNotContain("GFPYY", "ZLGZUPT");
  }

  @Test
  void isNotMadeOfLowerCase() {
    assertThatThrownBy(() -> X25519Identity.parse(ascii(IDENTITY.toLowerCase(Locale.ROOT))))
        .isInstanceOf(AgeException.Key.class);
  }

  @Test
  void showsOnlyItsRecipient() throws Exception {
    try (var identity = X25519Identity.parse(ascii(IDENTITY))) {
      assertThat(identity).hasToString("X25519Identity[" + RECIPIENT + "]");
    }
  }

  @Test
  void refusesWorkAfterClose() throws Exception {
    var identity = X25519Identity.generate();
    byte[] file = AgeFile.encrypt(new byte[1], List.of(identity.recipient()));
    identity.close();
    identity.close();

    assertThatThrownBy(() -> AgeFile.decrypt(file, identity))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(identity::encoded).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void isClosedWhileOtherThreadsUseIt() throws Exception {
    var identity = X25519Identity.generate();
    byte[] file = AgeFile.encrypt(new byte[1], List.of(identity.recipient()));
    var busy = new CountDownLatch(4);
    Callable<String> work =
        () -> {
          while (true) {
            try {
              AgeFile.decrypt(file, identity);
              busy.countDown();
            } catch (IllegalStateException e) {
              return e.getMessage();
            }
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> workers =
          IntStream.range(0, 4).mapToObj(i -> threads.submit(work)).toList();
      busy.await();
      identity.close();
      for (Future<String> worker : workers) {
        assertThat(worker.get()).isEqualTo("this page was wiped");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "age1",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq",
        "AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwJ",
        "age1tag1qfnffpsvk596tnk7nple95lg7sf9seym94mjn2vuhde8wt3zhcmw6fpzwwz",
        "age1\u00e9",
        "ssh-ed25519 AAAA"
      })
  void isNotWhatARecipientIs(String text) {
    assertThatThrownBy(() -> Recipient.parse(text)).isInstanceOf(AgeException.Key.class);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
