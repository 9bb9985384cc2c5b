package nixbroker.secret;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Known answers of the RFCs. */
class TheCryptographyOfLibCrypto {
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment out = arena.allocate(32);

  @Test
  void agreesWithRfc5869OnHkdf() {
    LibCrypto.hkdfSha256(
        hex("0b".repeat(22)), hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"), out);
    assertThat(text(out))
        .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    LibCrypto.hkdfSha256(hex("0b".repeat(22)), hex(""), hex(""), out);
    assertThat(text(out))
        .isEqualTo("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  }

  @Test
  void agreesWithRfc4231OnHmac() {
    LibCrypto.hmacSha256(ascii("Jefe"), out, ascii("what do ya want "), ascii("for nothing?"));
    assertThat(text(out))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void agreesWithRfc7748OnX25519() {
    MemorySegment scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    MemorySegment own = arena.allocate(32);
    LibCrypto.x25519Public(scalar, own);
    boolean agreed =
        LibCrypto.x25519(
            scalar,
            own,
            hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            out);
    assertThat(agreed).isTrue();
    assertThat(text(out))
        .isEqualTo("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  }

  @Test
  void agreesWithRfc7914OnScrypt() {
    LibCrypto.scrypt(ascii("pleaseletmein"), ascii("SodiumChloride"), 14, out);
    assertThat(text(out))
        .isEqualTo("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
  }

  @Test
  void agreesWithFips180OnSha512() {
    MemorySegment hash = arena.allocate(64);
    LibCrypto.sha512(ascii("abc"), hash);
    assertThat(text(hash)).startsWith("ddaf35a193617abacc417349ae204131");
  }

  @Test
  void refusesPointsOfLowOrder() {
    MemorySegment scalar = arena.allocate(32);
    LibCrypto.random(scalar);
    MemorySegment own = arena.allocate(32);
    LibCrypto.x25519Public(scalar, own);
    assertThat(LibCrypto.x25519(scalar, own, hex("00".repeat(32)), out)).isFalse();
    assertThat(LibCrypto.x25519Encapsulate(hex("01" + "00".repeat(31)), out, out)).isFalse();
  }

  @Test
  void refusesPointsThatAreNotOnTheCurve() {
    MemorySegment share = arena.allocate(65);
    assertThat(LibCrypto.p256Encapsulate(hex("02" + "00".repeat(31) + "01"), share, out)).isFalse();
  }

  @Test
  void doesNotReleaseWhatIsNotAuthentic() {
    MemorySegment key = arena.allocate(32);
    MemorySegment sealed = arena.allocate(3 + LibCrypto.TAG);
    MemorySegment plain = arena.allocate(3);
    LibCrypto.seal(key, new byte[12], ascii("abc"), sealed);
    sealed.set(JAVA_BYTE, 18, (byte) ~sealed.get(JAVA_BYTE, 18));
    plain.fill((byte) 1);

    assertThat(LibCrypto.open(key, new byte[12], sealed, plain)).isFalse();
    assertThat(text(plain)).isEqualTo("000000");
  }

  @Test
  void comparesLengthsToo() {
    assertThat(LibCrypto.equal(ascii("abc"), ascii("abc"))).isTrue();
    assertThat(LibCrypto.equal(ascii("abc"), ascii("abd"))).isFalse();
    assertThat(LibCrypto.equal(ascii("abc"), ascii("ab"))).isFalse();
  }

  /** Loads libcrypto from its argument. */
  static final class Loader {
    public static void main(String[] arguments) {
      try {
        LibCrypto.load(Path.of(arguments[0]));
      } catch (LibCryptoException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void saysWhereALibraryThatIsMissingCanBeHad() throws Exception {
    assertThat(Jvm.run(Loader.class, List.of(), "/nonexistent/libcrypto.so.3"))
        .contains("/nonexistent/libcrypto.so.3 cannot be loaded", "libssl3", "openssl");
  }

  @Test
  void doesNotTakeAnyOtherLibrary() throws Exception {
    String libc = libraryOf("libc.so.6");
    assertThat(Jvm.run(Loader.class, List.of(), libc)).contains("is not OpenSSL 3");
  }

  private static String libraryOf(String name) throws Exception {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith("/" + name))
        .map(line -> line.substring(line.indexOf('/')))
        .findFirst()
        .orElseThrow();
  }

  private MemorySegment hex(String text) {
    return arena.allocateFrom(JAVA_BYTE, HexFormat.of().parseHex(text));
  }

  private MemorySegment ascii(String text) {
    return arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String text(MemorySegment bytes) {
    return HexFormat.of().formatHex(bytes.toArray(JAVA_BYTE));
  }
}
