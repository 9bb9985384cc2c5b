package nixbroker.installer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A command line split into words as a shell would (blanks, quotes, backslash) but without a shell:
 * nothing is expanded but our own placeholders, each inside its word.
 */
final class Words {
  private Words() {}

  static List<String> split(String line) throws Failure {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
        inWord = true;
      } else if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else {
          word.append(c);
        }
      } else if (c == '"' || c == '\'') {
        quote = c;
        inWord = true;
      } else if (Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw Failure.usage("a quote is not closed in: " + line, "");
    }
    if (inWord) {
      words.add(word.toString());
    }
    if (words.isEmpty()) {
      throw Failure.usage("a command is empty", "give a program and its arguments");
    }
    return words;
  }

  /** Replaces {name} in every word; an unknown name stays as it is. */
  static List<String> filled(List<String> words, Map<String, String> values) {
    return words.stream()
        .map(
            word -> {
              String filled = word;
              for (Map.Entry<String, String> value : values.entrySet()) {
                filled = filled.replace("{" + value.getKey() + "}", value.getValue());
              }
              return filled;
            })
        .toList();
  }
}
