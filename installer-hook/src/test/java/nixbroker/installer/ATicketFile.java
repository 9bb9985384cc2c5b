package nixbroker.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import nixbroker.age.SshEd25519Key;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ATicketFile {
  private static final SshEd25519Key KEY = SshEd25519Key.generate();
  private static final String TOKEN = Base64.getEncoder().encodeToString(new byte[32]);
  private static final String GOOD =
      """
      {
        "format": 1,
        "bundle": "0123456789abcdef",
        "host": "ganon",
        "address": "10.0.0.7:4022",
        "host_key": "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDgEa1lTxCpgmCCDlU",
        "token": "%s",
        "tunnel_key": "%s",
        "expires": "2026-01-02T10:00:00Z"
      }
      """
          .formatted(
              TOKEN,
              new String(KEY.privateKeyFile(""), StandardCharsets.US_ASCII).replace("\n", "\\n"));

  @TempDir Path folder;

  private Ticket read(String text) throws Exception {
    return Ticket.read(Files.writeString(folder.resolve("ganon.ticket"), text));
  }

  @Test
  void saysWhomToTrustAndWhereToGo() throws Exception {
    try (Ticket ticket = read(GOOD)) {
      assertThat(ticket.bundle()).isEqualTo("0123456789abcdef");
      assertThat(ticket.host()).isEqualTo("ganon");
      assertThat(ticket.addressHost()).isEqualTo("10.0.0.7");
      assertThat(ticket.addressPort()).isEqualTo(4022);
      assertThat(ticket.hostKey()).startsWith("SHA256:uNiV");
      assertThat(ticket.token()).hasSize(32);
      assertThat(ticket.tunnelKey().fingerprint()).isEqualTo(KEY.fingerprint());
    }
  }

  @Test
  void mayNameAnIpv6Address() throws Exception {
    try (Ticket ticket = read(GOOD.replace("10.0.0.7", "[fd00::7]"))) {
      assertThat(ticket.addressHost()).isEqualTo("fd00::7");
    }
  }

  @Test
  void isWipedOnClose() throws Exception {
    Ticket ticket = read(GOOD.replace(TOKEN, "/".repeat(42) + "8="));
    byte[] token = ticket.token();
    ticket.close();
    assertThat(token).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "\"format\": 1,                   \"format\": 2",
    "0123456789abcdef,                0123456789ABCDEF",
    "\"ganon\",                       \"../x\"",
    "10.0.0.7:4022,                   10.0.0.7",
    "SHA256:uNiV,                     MD5:uNiV",
    "AAAAAAAA,                        AAAA",
    "\"expires\",                     \"expired\"",
    "BEGIN OPENSSH,                   BEGIN RSA",
    "\"bundle\": ,                    \"bundle\": \"0\\, \"bundle\": ",
  })
  void isRefusedWhenAPartIsWrong(String part, String wrong) {
    assertThatThrownBy(() -> read(GOOD.replace(part, wrong.replace("\\,", ","))))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exit()).isEqualTo(2))
        .hasMessageContaining("is not a ticket");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}x",
        "{\"a\":}",
        "{\"a\":\"\\u00ff\"}",
        "{\"a\":\"\\",
        "{\"a\":\"x\ny\"}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,}",
        "{\"a\":99999999999}",
        "{\"a\":{}}"
      })
  void isRefusedWhenItIsNotFlatJson(String text) {
    assertThatThrownBy(() -> FlatJson.parse(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("unexpected text at byte");
  }

  @Test
  void isRefusedWhenItIsMissing() {
    assertThatThrownBy(() -> Ticket.read(folder.resolve("none")))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("cannot read the ticket");
  }

  @Test
  void isRefusedWhenItIsTooLong() {
    assertThatThrownBy(() -> read(" ".repeat(20_000)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("too long");
  }

  @ParameterizedTest
  @CsvSource({"rw-------,false", "r--------,false", "rw-r-----,true", "rw-------,false"})
  void isForItsOwnerOnly(String mode, boolean open) throws Exception {
    Path file = Files.writeString(folder.resolve("t"), GOOD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThat(Ticket.openToOthers(file)).isEqualTo(open);
  }
}
