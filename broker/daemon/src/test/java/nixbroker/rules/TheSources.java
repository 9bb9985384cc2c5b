package nixbroker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Habits that a compiler does not check. */
class TheSources {
  private static final int LONGEST = 350;

  private static final Pattern BROAD_CATCH =
      Pattern.compile(
          "catch \\((?:final )?(?:[\\w.]+ \\| )*(?:Exception|Throwable|RuntimeException)\\b[^)]*\\) \\{");

  /** Where everything that goes wrong must end somehow: the boundaries. */
  private static final Set<String> BOUNDARIES =
      Set.of(
          "nixbroker.daemon.rpc.RefusalInterceptor",
          "nixbroker.daemon.rpc.WatchStream",
          "nixbroker.daemon.Broker",
          "nixbroker.daemon.Daemon",
          "nixbroker.cli.Nbctl",
          "nixbroker.installer.NbInstall");

  private static final Pattern RECORD = Pattern.compile("\\brecord (\\w+)(?:<[^(]*>)?\\s*\\(");
  private static final Pattern ARRAY = Pattern.compile("\\b(?:byte|char)\\[\\]\\s+\\w+");

  /** Records whose arrays are no secret. */
  private static final Map<String, String> PUBLIC_ARRAYS =
      Map.of(
          "nixbroker.card.Request.Agree", "points of public keys",
          "nixbroker.daemon.ledger.Line.Line", "a line of the ledger, which holds no secret",
          "nixbroker.daemon.tree.Folder.Content", "a file of the tree: ciphertext",
          "nixbroker.daemon.tree.Git.Result", "what git prints: paths, and files of the tree",
          "nixbroker.sops.EncValue.EncValue", "ciphertext");

  @Test
  void swallowNothingTheyDidNotExpect() {
    List<String> swallowing = new ArrayList<>();
    for (Sources.Source source : Sources.all()) {
      String code = source.code();
      Matcher broad = BROAD_CATCH.matcher(code);
      while (broad.find() && !BOUNDARIES.contains(source.typeName())) {
        String block = code.substring(broad.end(), closing(code, broad.end() - 1, '{', '}'));
        if (!block.contains("throw ")) {
          swallowing.add(source.typeName());
        }
      }
    }
    assertThat(swallowing).isEmpty();
  }

  @Test
  void printNoArrayOfARecord() {
    List<String> printing = new ArrayList<>();
    for (Sources.Source source : Sources.all()) {
      String code = source.code();
      Matcher record = RECORD.matcher(code);
      while (record.find()) {
        String name = source.typeName() + '.' + record.group(1);
        int end = closing(code, record.end() - 1, '(', ')');
        int body = code.indexOf('{', end);
        boolean silent =
            code.substring(body, closing(code, body, '{', '}')).contains("String toString()");
        boolean arrays = ARRAY.matcher(code.substring(record.end(), end)).find();
        if (arrays && !silent && !PUBLIC_ARRAYS.containsKey(name)) {
          printing.add(name);
        }
      }
    }
    assertThat(printing).isEmpty();
  }

  @Test
  void askTheClockTheyAreGiven() {
    assertThat(Sources.all())
        .filteredOn(source -> source.packageName().startsWith("nixbroker.daemon."))
        .filteredOn(
            source ->
                source.code().contains("Instant.now()")
                    || source.code().contains("System.currentTimeMillis()"))
        .extracting(Sources.Source::name)
        .isEmpty();
  }

  @Test
  void neverSleep() {
    assertThat(Sources.all())
        .filteredOn(source -> source.code().contains("Thread.sleep("))
        .extracting(Sources.Source::name)
        .isEmpty();
  }

  @Test
  void stayShortEnoughToRead() {
    assertThat(Sources.all())
        .filteredOn(source -> source.text().lines().count() > LONGEST)
        .extracting(source -> source.name() + " " + source.text().lines().count())
        .isEmpty();
  }

  private static int closing(String code, int open, char opening, char closing) {
    int depth = 0;
    for (int i = open; i < code.length(); i++) {
      if (code.charAt(i) == opening) {
        depth++;
      } else if (code.charAt(i) == closing && --depth == 0) {
        return i;
      }
    }
    throw new AssertionError(
        "no end of " + code.substring(open, Math.min(open + 40, code.length())));
  }
}
