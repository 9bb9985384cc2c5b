package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nixbroker.secret.LibCrypto;

/**
 * The textual start of an age file. Only the canonical text is read, so the bytes that the MAC
 * covers are the bytes that were read.
 */
final class Header {
  static final int LIMIT = 1 << 20;

  private static final String VERSION = "age-encryption.org/v1\n";
  private static final String STANZA = "-> ";
  private static final String END = "---";
  private static final int LINE = 64;
  private static final int MAC = 32;

  private final List<Stanza> stanzas;
  private final byte[] covered;
  private final byte[] mac;

  private Header(List<Stanza> stanzas, byte[] covered, byte[] mac) {
    this.stanzas = List.copyOf(stanzas);
    this.covered = covered;
    this.mac = mac;
  }

  /** A new header, its MAC made with the file key. */
  static Header of(List<Stanza> stanzas, FileKey key) {
    StringBuilder text = new StringBuilder(VERSION);
    for (Stanza stanza : stanzas) {
      text.append(STANZA).append(String.join(" ", stanza.arguments())).append('\n');
      appendBody(text, B64.encode(stanza.body()));
    }
    byte[] covered = text.append(END).toString().getBytes(StandardCharsets.US_ASCII);
    byte[] mac = new byte[MAC];
    key.headerMac(covered, MemorySegment.ofArray(mac));
    return new Header(stanzas, covered, mac);
  }

  private static void appendBody(StringBuilder text, String base64) {
    int at = 0;
    for (; base64.length() - at >= LINE; at += LINE) {
      text.append(base64, at, at + LINE).append('\n');
    }
    text.append(base64, at, base64.length()).append('\n');
  }

  static Header parse(byte[] file) throws AgeException.Header {
    return new Parser(file).parse();
  }

  List<Stanza> stanzas() {
    return stanzas;
  }

  /** Bytes of the header in the file, its last line end included. */
  int length() {
    return covered.length + 1 + B64.encode(mac).length() + 1;
  }

  byte[] toBytes() {
    byte[] line = (" " + B64.encode(mac) + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = Arrays.copyOf(covered, covered.length + line.length);
    System.arraycopy(line, 0, bytes, covered.length, line.length);
    return bytes;
  }

  void verify(FileKey key) throws AgeException.Mac {
    byte[] expected = new byte[MAC];
    key.headerMac(covered, MemorySegment.ofArray(expected));
    if (!LibCrypto.equal(MemorySegment.ofArray(expected), MemorySegment.ofArray(mac))) {
      throw new AgeException.Mac("the header's MAC is wrong");
    }
  }

  private static final class Parser {
    private final byte[] file;
    private int at;

    Parser(byte[] file) {
      this.file = file;
    }

    Header parse() throws AgeException.Header {
      if (!(line() + "\n").equals(VERSION)) {
        throw bad("the first line is not age-encryption.org/v1");
      }
      List<Stanza> stanzas = new ArrayList<>();
      int start = at;
      String line = line();
      for (; !line.startsWith(END); line = line()) {
        stanzas.add(stanza(line));
        start = at;
      }
      if (stanzas.isEmpty()) {
        throw bad("there is no stanza");
      }
      byte[] mac =
          B64.decode(line.startsWith(END + " ") ? line.substring(END.length() + 1) : "")
              .filter(bytes -> bytes.length == MAC)
              .orElseThrow(() -> bad("the MAC line is malformed"));
      return new Header(stanzas, Arrays.copyOf(file, start + END.length()), mac);
    }

    private Stanza stanza(String line) throws AgeException.Header {
      if (!line.startsWith(STANZA)) {
        throw bad("a line is neither a stanza nor the MAC");
      }
      List<String> arguments = List.of(line.substring(STANZA.length()).split(" ", -1));
      if (!arguments.stream().allMatch(Stanza::isArgument)) {
        throw bad("an argument of a stanza is malformed");
      }
      return new Stanza(arguments, body());
    }

    private byte[] body() throws AgeException.Header {
      StringBuilder text = new StringBuilder();
      String line;
      do {
        line = line();
        if (line.length() > LINE || B64.decode(line).isEmpty()) {
          throw bad("the body of a stanza is malformed");
        }
        text.append(line);
      } while (line.length() == LINE);
      return B64.decode(text.toString()).orElseThrow(() -> bad("the body is malformed"));
    }

    private String line() throws AgeException.Header {
      int limit = Math.min(file.length, LIMIT);
      for (int end = at; end < limit; end++) {
        if (file[end] == '\n') {
          String line = new String(file, at, end - at, StandardCharsets.ISO_8859_1);
          at = end + 1;
          return line;
        }
      }
      throw bad(limit < file.length ? "it is longer than 1 MiB" : "it is cut short");
    }

    private static AgeException.Header bad(String what) {
      return new AgeException.Header("not a header of an age file: " + what);
    }
  }
}
