package nixbroker.card;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The frames of docs/nb-card.md: type (1 byte), length (2, big-endian), at most 512 bytes. */
final class Wire {
  static final int VERSION = 1;
  static final int MAX_BODY = 512;
  private static final int MAX_TEXT = 200;
  private static final int NAME_MAX = 64;
  private static final int MIN_SLOT = 0x82;
  private static final int MAX_SLOT = 0x95;

  private final DataInputStream in;
  private final OutputStream out;

  /** The streams must not buffer: what passes here may be a PIN. */
  Wire(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  private record Frame(char type, byte[] body) {
    /** The body may be a PIN. */
    @Override
    public String toString() {
      return "Frame[" + type + ", " + body.length + " bytes]";
    }
  }

  private Frame read() throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readUnsignedShort();
    if (length > MAX_BODY) {
      throw bad("a frame of " + length + " bytes");
    }
    byte[] body = new byte[length];
    in.readFully(body);
    return new Frame((char) type, body);
  }

  private byte[] expect(char type) throws IOException {
    Frame frame = read();
    if (frame.type() != type) {
      throw bad("not the frame expected here");
    }
    return frame.body();
  }

  void expectHello() throws IOException {
    byte[] body = expect('H');
    if (body.length != 1 || body[0] != VERSION) {
      throw bad("another protocol version; this is " + VERSION);
    }
  }

  Request request() throws IOException {
    Frame frame = read();
    ByteBuffer body = ByteBuffer.wrap(frame.body());
    return switch (frame.type()) {
      case 'L' -> {
        requireLength(body, 0, 0);
        yield new Request.ListKeys();
      }
      case 'A' -> {
        requireLength(body, 103, 103);
        yield new Request.Agree(serial(body), slot(body), take(body, 33), take(body, 65));
      }
      case 'E' -> {
        requireLength(body, 6, 5 + NAME_MAX);
        yield new Request.Enrol(serial(body), slot(body), name(body));
      }
      default -> throw bad("an unknown request");
    };
  }

  /** The PIN's bytes, empty when the person gave none; the caller wipes them. */
  byte[] pin() throws IOException {
    return expect('P');
  }

  void hello(boolean software) throws IOException {
    send('H', VERSION, software ? 1 : 0);
  }

  /** freeSlot: 0 when every slot is taken. */
  void key(long serial, int freeSlot, String name) throws IOException {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    send(
        'K',
        ByteBuffer.allocate(5 + text.length)
            .putInt((int) serial)
            .put((byte) freeSlot)
            .put(text)
            .array());
  }

  void end() throws IOException {
    send('D');
  }

  void ready(int tries) throws IOException {
    send('R', tries);
  }

  void touch() throws IOException {
    send('T');
  }

  void shared(byte[] x32) throws IOException {
    send('X', x32);
  }

  void enrolled(byte[] point33) throws IOException {
    send('Q', point33);
  }

  void failed(CardFailure failure) throws IOException {
    byte[] text = failure.getMessage().getBytes(StandardCharsets.US_ASCII);
    byte[] shown = Arrays.copyOf(text, Math.min(text.length, MAX_TEXT));
    send(
        'F',
        ByteBuffer.allocate(2 + shown.length)
            .put((byte) failure.kind().code())
            .put((byte) failure.tries())
            .put(shown)
            .array());
  }

  private void send(char type, int... body) throws IOException {
    byte[] bytes = new byte[body.length];
    for (int i = 0; i < body.length; i++) {
      bytes[i] = (byte) body[i];
    }
    send(type, bytes);
  }

  /** One write a frame; the copy it makes is wiped, since the body may be a shared secret. */
  private void send(char type, byte[] body) throws IOException {
    byte[] frame =
        ByteBuffer.allocate(3 + body.length)
            .put((byte) type)
            .putShort((short) body.length)
            .put(body)
            .array();
    try {
      out.write(frame);
      out.flush();
    } finally {
      Arrays.fill(frame, (byte) 0);
    }
  }

  private static long serial(ByteBuffer body) {
    return Integer.toUnsignedLong(body.getInt());
  }

  private static int slot(ByteBuffer body) {
    int slot = body.get() & 0xff;
    if (slot < MIN_SLOT || slot > MAX_SLOT) {
      throw bad("a slot that is not 82 to 95");
    }
    return slot;
  }

  private static String name(ByteBuffer body) {
    String name = new String(take(body, body.remaining()), StandardCharsets.US_ASCII);
    if (!name.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw bad("a name that is not printable ASCII");
    }
    return name;
  }

  private static byte[] take(ByteBuffer body, int length) {
    byte[] part = new byte[length];
    body.get(part);
    return part;
  }

  private static void requireLength(ByteBuffer body, int min, int max) {
    if (body.remaining() < min || body.remaining() > max) {
      throw bad("a request of the wrong length");
    }
  }

  private static CardFailure bad(String what) {
    return new CardFailure(CardFailure.Kind.BAD_REQUEST, "not a request: " + what);
  }

  /** True when the other side is gone, which ends a conversation without more words. */
  static boolean isHangup(IOException e) {
    return e instanceof EOFException || "Broken pipe".equals(e.getMessage());
  }
}
