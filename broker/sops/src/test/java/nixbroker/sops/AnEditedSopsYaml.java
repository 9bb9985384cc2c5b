package nixbroker.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnEditedSopsYaml {
  @TempDir Path folder;

  static Stream<Fixture> fixtures() {
    // Without a PGP program, sops cannot encrypt to that key.
    return AnEditOfSopsYaml.fixtures().filter(f -> !f.name().equals("pgp-beside-age"));
  }

  /** Placeholders become real recipients: a for "admin…", b for the rest. */
  private static String real(String file) {
    return file.replaceAll("(?<![&*])\\bage1(?:admin|alice)\\b", StockSops.RECIPIENTS.get(0))
        .replaceAll("(?<![&*])\\bage1[a-z0-9]{2,12}\\b", StockSops.RECIPIENTS.get(1));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void givesAFileTheRecipientsThatWeSay(Fixture fixture) throws SopsException {
    String file = real(fixture.after());
    StockSops sops = new StockSops(folder);
    sops.write(".sops.yaml", file.getBytes(StandardCharsets.UTF_8));
    sops.write("common/x.yaml", "a: b\n".getBytes(StandardCharsets.UTF_8));
    sops.write("hosts/ganon/x.yaml", "a: b\n".getBytes(StandardCharsets.UTF_8));
    for (String path : new String[] {"common/x.yaml", "hosts/ganon/x.yaml"}) {
      var winner = SopsConfig.parse(Fixture.utf8(file)).winner(path);
      StockSops.Result result = sops.run(0, "encrypt", path);
      if (winner.isEmpty()) {
        assertThat(result.err()).contains("no matching creation rules found");
      } else {
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(SopsFile.parse(Fixture.utf8(result.out())).ageRecipients())
            .hasSameElementsAs(winner.get().recipients());
      }
    }
  }
}
