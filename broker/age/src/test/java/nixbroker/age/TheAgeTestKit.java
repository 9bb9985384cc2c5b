package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The 143 vectors of C2SP/CCTV. Whole files are read here, so of a payload that fails nothing is
 * released and the hash of a released part is not looked at.
 */
class TheAgeTestKit {
  private static final String OF_A_LATER_VERSION = "AGE-SECRET-KEY-PQ-1";

  record Vector(String name, List<String[]> fields, byte[] file) {
    static Vector read(Path path) {
      try {
        byte[] all = Files.readAllBytes(path);
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\n\n");
        List<String[]> fields =
            text.substring(0, end).lines().map(line -> line.split(": ", 2)).toList();
        byte[] file = Arrays.copyOfRange(all, end + 2, all.length);
        return new Vector(path.getFileName().toString(), fields, file);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    List<String> all(String key) {
      return fields.stream().filter(field -> field[0].equals(key)).map(field -> field[1]).toList();
    }

    boolean isOfALaterVersion() {
      return all("identity").stream().anyMatch(text -> text.startsWith(OF_A_LATER_VERSION));
    }

    byte[] ageFile() throws IOException {
      if (all("compressed").isEmpty()) {
        return file;
      }
      try (var inflater = new InflaterInputStream(new ByteArrayInputStream(file))) {
        return inflater.readAllBytes();
      }
    }

    List<Identity> identities() throws AgeException {
      List<Identity> identities = new ArrayList<>();
      for (String identity : all("identity")) {
        identities.add(X25519Identity.parse(identity.getBytes(StandardCharsets.US_ASCII)));
      }
      for (String passphrase : all("passphrase")) {
        identities.add(new ScryptIdentity(passphrase.getBytes(StandardCharsets.UTF_8)));
      }
      return identities;
    }

    byte[] decrypt() throws IOException, AgeException {
      byte[] ageFile = ageFile();
      List<Identity> identities = identities();
      try {
        byte[] binary = all("armored").isEmpty() ? ageFile : AgeFile.dearmor(ageFile);
        return AgeFile.decrypt(binary, identities);
      } finally {
        identities.forEach(Identity::close);
      }
    }
  }

  private static List<Vector> vectors() throws IOException {
    try (Stream<Path> files = Files.list(Vectors.path("testkit/testdata"))) {
      return files.sorted().map(Vector::read).toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> endsAsExpected() throws IOException {
    return vectors().stream()
        .filter(vector -> !vector.isOfALaterVersion())
        .map(vector -> DynamicTest.dynamicTest(vector.name(), () -> check(vector)));
  }

  @Test
  void hasExactlyTheVectorsOfPostQuantumIdentitiesLeftForALaterVersion() throws IOException {
    assertThat(vectors()).hasSize(143);
    assertThat(vectors().stream().filter(Vector::isOfALaterVersion).map(Vector::name))
        .containsExactly(
            "armor_hybrid",
            "hybrid",
            "hybrid_and_x25519",
            "hybrid_bad_tag",
            "hybrid_currupted_enc_mlkem",
            "hybrid_currupted_enc_x25519",
            "hybrid_extra_argument",
            "hybrid_grease",
            "hybrid_identity",
            "hybrid_long_file_key",
            "hybrid_long_share",
            "hybrid_low_order",
            "hybrid_multiple_recipients",
            "hybrid_no_match",
            "hybrid_not_canonical_body",
            "hybrid_not_canonical_enc",
            "hybrid_short_share",
            "hybrid_uppercase",
            "hybrid_x25519_arg");
  }

  @TestFactory
  Stream<DynamicTest> hasNoHeaderThatIsReadAndWrittenDifferently() throws IOException {
    return vectors().stream()
        .filter(vector -> vector.all("armored").isEmpty())
        .map(vector -> DynamicTest.dynamicTest(vector.name(), () -> checkMalleability(vector)));
  }

  private static void checkMalleability(Vector vector) throws IOException {
    byte[] file = vector.ageFile();
    Header header;
    try {
      header = Header.parse(file);
    } catch (AgeException.Header e) {
      assertThat(vector.all("expect")).containsExactly("header failure");
      return;
    }
    assertThat(header.toBytes()).isEqualTo(Arrays.copyOf(file, header.length()));
  }

  private static void check(Vector vector) throws Exception {
    String expected = vector.all("expect").getFirst();
    if (expected.equals("success")) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(vector.decrypt());
      assertThat(HexFormat.of().formatHex(hash)).isEqualTo(vector.all("payload").getFirst());
    } else {
      assertThat(catchThrowable(vector::decrypt)).isExactlyInstanceOf(kind(expected));
    }
  }

  private static Class<? extends AgeException> kind(String expected) {
    return switch (expected) {
      case "no match" -> AgeException.NoMatch.class;
      case "header failure" -> AgeException.Header.class;
      case "HMAC failure" -> AgeException.Mac.class;
      case "payload failure" -> AgeException.Payload.class;
      case "armor failure" -> AgeException.Armor.class;
      default -> throw new AssertionError("unknown outcome " + expected);
    };
  }
}
