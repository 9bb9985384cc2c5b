package nixbroker.age;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheReadme {
  @TempDir Path folder;

  @Test
  void hasAnExampleThatCompilesAndRuns() throws Exception {
    Matcher example =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("README.md")));
    assertThat(example.find()).isTrue();
    Path source = Files.writeString(folder.resolve("Example.java"), example.group(1));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    byte[] output =
        Tools.run(
            new byte[0],
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());

    assertThat(output).asString().isEqualTo("meet me at noon\ntrue\n");
  }
}
