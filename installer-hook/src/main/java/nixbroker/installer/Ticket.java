package nixbroker.installer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import nixbroker.age.AgeException;
import nixbroker.age.SshEd25519Key;

/** A ticket file, format 1 (docs/ticket.md). The token and the tunnel key are wiped on close. */
final class Ticket implements AutoCloseable {
  private static final int LARGEST_FILE = 16 * 1024;
  private static final int TOKEN_LENGTH = 32;
  private static final Set<String> MEMBERS =
      Set.of("format", "bundle", "host", "address", "host_key", "token", "tunnel_key", "expires");
  private static final Pattern BUNDLE = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern HOST_KEY = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");

  private final String bundle;
  private final String host;
  private final String address;
  private final String hostKey;
  private final byte[] token;
  private final SshEd25519Key tunnelKey;

  private Ticket(Map<String, byte[]> members) throws AgeException {
    this.bundle = text(members, "bundle", BUNDLE);
    this.host = text(members, "host", HOST);
    this.address = text(members, "address", ADDRESS);
    this.hostKey = text(members, "host_key", HOST_KEY);
    this.token = Base64.getDecoder().decode(members.get("token"));
    if (token.length != TOKEN_LENGTH) {
      throw new IllegalArgumentException("token is not 32 bytes long");
    }
    this.tunnelKey = SshEd25519Key.parse(members.get("tunnel_key"));
  }

  /** Reads and checks a ticket file. */
  static Ticket read(Path file) throws Failure {
    byte[] content = content(file);
    try {
      return parse(content);
    } catch (IllegalArgumentException | AgeException e) {
      throw Failure.usage(
          file + " is not a ticket: " + e.getMessage(),
          "copy the file again as `nbctl bundle issue` wrote it");
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static byte[] content(Path file) throws Failure {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(LARGEST_FILE + 1);
      if (content.length > LARGEST_FILE) {
        Arrays.fill(content, (byte) 0);
        throw Failure.usage(file + " is too long for a ticket", "give the ticket file itself");
      }
      return content;
    } catch (IOException e) {
      throw Failure.usage("cannot read the ticket " + file, "check the path and who may read it");
    }
  }

  private static Ticket parse(byte[] content) throws AgeException {
    Map<String, byte[]> members = FlatJson.parse(content);
    try {
      if (!"1".equals(new String(members.getOrDefault("format", new byte[0]), US_ASCII))) {
        throw new IllegalArgumentException("only format 1 is known");
      }
      if (!members.keySet().equals(MEMBERS)) {
        throw new IllegalArgumentException("members are missing or unknown");
      }
      return new Ticket(members);
    } finally {
      members.values().forEach(v -> Arrays.fill(v, (byte) 0));
    }
  }

  private static final java.nio.charset.Charset US_ASCII = StandardCharsets.US_ASCII;

  private static String text(Map<String, byte[]> members, String name, Pattern form) {
    String text = new String(members.get(name), US_ASCII);
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException(name + " is malformed");
    }
    return text;
  }

  /** Whether others than the owner may read the file. */
  static boolean openToOthers(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream()
          .anyMatch(p -> p.name().startsWith("GROUP_") || p.name().startsWith("OTHERS_"));
    } catch (IOException | UnsupportedOperationException noPermissionsThere) {
      return false;
    }
  }

  String bundle() {
    return bundle;
  }

  String host() {
    return host;
  }

  /** host:port, an IPv6 host in brackets. */
  String address() {
    return address;
  }

  String addressHost() {
    String text = address.substring(0, address.lastIndexOf(':'));
    return text.startsWith("[") ? text.substring(1, text.length() - 1) : text;
  }

  int addressPort() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** SHA256:… of the broker's SSH host key. */
  String hostKey() {
    return hostKey;
  }

  /** The live 32 bytes. */
  byte[] token() {
    return token;
  }

  SshEd25519Key tunnelKey() {
    return tunnelKey;
  }

  @Override
  public void close() {
    Arrays.fill(token, (byte) 0);
    tunnelKey.close();
  }

  @Override
  public String toString() {
    return "Ticket[" + bundle + ", " + host + ", " + address + "]";
  }
}
