package nixbroker.daemon.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/** Writes a ticket file (docs/ticket.md) without a String that holds a secret. */
final class TicketText {
  /** Room for the fixed parts, a 63-character host, an address and a JSON-escaped Ed25519 key. */
  private static final int MOST = 4096;

  private final ByteBuffer out = ByteBuffer.allocate(MOST);

  private TicketText() {}

  /** token: 32 bytes; tunnelKey: an OpenSSH private key file. The caller wipes all three arrays. */
  static byte[] of(
      String bundle,
      String host,
      String address,
      String hostKey,
      byte[] token,
      byte[] tunnelKey,
      Instant expires) {
    TicketText text = new TicketText();
    byte[] token64 = Base64.getEncoder().encode(token);
    try {
      text.plain("{\n  \"format\": 1");
      text.member("bundle", ascii(bundle));
      text.member("host", ascii(host));
      text.member("address", ascii(address));
      text.member("host_key", ascii(hostKey));
      text.member("token", token64);
      text.member("tunnel_key", tunnelKey);
      text.member("expires", ascii(expires.toString()));
      text.plain("\n}\n");
      return Arrays.copyOf(text.out.array(), text.out.position());
    } finally {
      Arrays.fill(token64, (byte) 0);
      Arrays.fill(text.out.array(), (byte) 0);
    }
  }

  private void member(String name, byte[] value) {
    plain(",\n  \"" + name + "\": \"");
    for (byte b : value) {
      switch (b) {
        case '\n' -> plain("\\n");
        case '"', '\\' -> out.put((byte) '\\').put(b);
        default -> out.put(b);
      }
    }
    plain("\"");
  }

  private void plain(String text) {
    out.put(ascii(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
