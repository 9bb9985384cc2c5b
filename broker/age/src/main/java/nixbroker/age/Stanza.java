package nixbroker.age;

import java.util.Arrays;
import java.util.List;

/**
 * One recipient stanza; arguments are 1 or more, each of 1 or more characters 0x21..0x7E, the first
 * is the type. The body is an encrypted file key.
 */
public record Stanza(List<String> arguments, byte[] body) {
  public Stanza {
    arguments = List.copyOf(arguments);
    body = body.clone();
    if (arguments.isEmpty() || !arguments.stream().allMatch(Stanza::isArgument)) {
      throw new IllegalArgumentException("not the arguments of a stanza");
    }
  }

  public String type() {
    return arguments.getFirst();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  static boolean isArgument(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= 0x21 && c <= 0x7e);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stanza(var otherArguments, var otherBody)
        && arguments.equals(otherArguments)
        && Arrays.equals(body, otherBody);
  }

  @Override
  public int hashCode() {
    return 31 * arguments.hashCode() + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return "Stanza[" + String.join(" ", arguments) + ", " + body.length + " bytes]";
  }
}
