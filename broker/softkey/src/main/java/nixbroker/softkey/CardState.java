package nixbroker.softkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What the card keeps when it has no power: a text file of "name: value" lines, 0600, replaced as a
 * whole. "touch" is "given" (after "touch-delay", ISO-8601) or "missed".
 */
final class CardState {
  static final int PIN_TRIES = 3;
  private static final HexFormat HEX = HexFormat.of();
  private static final String TITLE = "# a software key: NOT A REAL KEY";
  private static final byte[] FACTORY_PIN = pad("123456");

  private final Path file;
  private final Map<String, String> lines = new TreeMap<>();

  private CardState(Path file) {
    this.file = file;
  }

  /** A factory-new card; fails when the file exists. */
  static CardState create(Path file, long serial) throws IOException {
    CardState state = new CardState(file);
    state.lines.put("format", "1");
    state.lines.put("serial", Long.toString(serial));
    state.lines.put("pin", HEX.formatHex(FACTORY_PIN));
    state.lines.put("pin-tries", Integer.toString(PIN_TRIES));
    state.lines.put("touch", "given");
    state.lines.put("touch-delay", "PT0S");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    state.store();
    return state;
  }

  static CardState load(Path file) throws IOException {
    CardState state = new CardState(file);
    for (String line : Files.readAllLines(file)) {
      if (!line.startsWith("#") && !line.isBlank()) {
        String[] parts = line.split(":", 2);
        if (parts.length < 2) {
          throw new IOException(file + " is not a software key");
        }
        state.lines.put(parts[0].strip(), parts[1].strip());
      }
    }
    if (!"1".equals(state.lines.get("format"))) {
      throw new IOException(file + " is not a software key of format 1");
    }
    return state;
  }

  /** Durable when it returns. */
  void store() throws IOException {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    lines.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    Path temp = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    Files.createFile(
        temp, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel out = FileChannel.open(temp, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(file.toAbsolutePath().getParent())) {
      folder.force(true);
    }
  }

  static byte[] pad(String pin) {
    byte[] padded = new byte[8];
    Arrays.fill(padded, (byte) 0xff);
    byte[] ascii = pin.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, padded, 0, ascii.length);
    return padded;
  }

  long serial() {
    return Long.parseLong(lines.get("serial"));
  }

  /** 8 bytes, padded with ff. */
  byte[] pin() {
    return HEX.parseHex(lines.get("pin"));
  }

  void setPin(byte[] padded) {
    lines.put("pin", HEX.formatHex(padded));
  }

  boolean pinIsFactory() {
    return Arrays.equals(pin(), FACTORY_PIN);
  }

  int tries() {
    return Integer.parseInt(lines.get("pin-tries"));
  }

  void setTries(int tries) {
    lines.put("pin-tries", Integer.toString(tries));
  }

  boolean touchIsGiven() {
    return "given".equals(lines.get("touch"));
  }

  Duration touchDelay() {
    return Duration.parse(lines.getOrDefault("touch-delay", "PT0S"));
  }

  SlotKey key(int slot) {
    String line = lines.get("key-%02x".formatted(slot));
    if (line == null) {
      return null;
    }
    String[] parts = line.split(" ");
    return new SlotKey(
        HEX.parseHex(parts[2]),
        HEX.parseHex(parts[3]),
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]));
  }

  void setKey(int slot, SlotKey key) {
    lines.put(
        "key-%02x".formatted(slot),
        key.pinPolicy()
            + " "
            + key.touchPolicy()
            + " "
            + HEX.formatHex(key.pkcs8())
            + " "
            + HEX.formatHex(key.point65()));
  }

  byte[] object(byte[] id) {
    String line = lines.get("object-" + HEX.formatHex(id));
    return line == null ? null : HEX.parseHex(line);
  }

  void setObject(byte[] id, byte[] content) {
    String name = "object-" + HEX.formatHex(id);
    if (content.length == 0) {
      lines.remove(name);
    } else {
      lines.put(name, HEX.formatHex(content));
    }
  }
}
