package nixbroker.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ACommandLine {
  @Test
  void isSplitAsAShellWouldWithoutOne() throws Exception {
    assertThat(Words.split("a  'b c' \"d \\\" e\" f\\ g '' $HOME *;x"))
        .containsExactly("a", "b c", "d \" e", "f g", "", "$HOME", "*;x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "'open", "a \"b"})
  void isRefusedWhenItNamesNoProgram(String line) {
    assertThatThrownBy(() -> Words.split(line)).isInstanceOf(Failure.class);
  }

  @Test
  void hasItsPlaceholdersFilledWordByWord() {
    assertThat(
            Words.filled(
                List.of("x{root}", "--key={disk-key}", "{other}"),
                Map.of("root", "/mnt a", "disk-key", "/run/k")))
        .containsExactly("x/mnt a", "--key=/run/k", "{other}");
  }

  @Test
  void givesTheDefaultsOfARealInstallation() throws Exception {
    Options options = Options.parse(List.of("--ticket", "t", "--flake=github:me/nixcfg"));
    assertThat(options.root()).isEqualTo(Path.of("/mnt"));
    assertThat(options.disko()).startsWith("disko", "--mode", "destroy,format,mount");
    assertThat(options.nixosInstall()).startsWith("nixos-install").endsWith("{flake}#{host}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--root /mnt --flake f",
        "--ticket t",
        "--ticket",
        "--ticket t --flake f --nonsense",
        "--ticket t --ticket t --flake f",
        "--ticket t --flake f --patience soon",
        "--ticket t --flake f --json=yes",
        "install"
      })
  void isRefusedAsUsage(String line) {
    assertThatThrownBy(() -> Options.parse(List.of(line.split(" "))))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exit()).isEqualTo(2));
  }
}
