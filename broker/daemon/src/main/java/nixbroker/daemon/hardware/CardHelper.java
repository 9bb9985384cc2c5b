package nixbroker.daemon.hardware;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nixbroker.daemon.refusal.Reason;
import nixbroker.secret.SecretPage;

/** One conversation with nb-card, the frames of docs/nb-card.md. */
final class CardHelper implements AutoCloseable {
  private static final String SOFTWARE = "software key";
  private static final int VERSION = 1;
  private static final int HEADER = 3;
  private static final int MAX_BODY = 512;
  private static final int SHARED = 32;
  private static final int POINT = 33;
  private static final int KEY_HEAD = 5;
  private static final int MAX_KEYS = 64;
  private static final int LOWEST_SLOT = 0x82;
  private static final int HIGHEST_SLOT = 0x95;
  private static final ValueLayout.OfInt BIG_ENDIAN_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final Child.Reasons REASONS =
      new Child.Reasons(Reason.HELPER_MISSING, Reason.HELPER_FAILED);

  private final Child child;
  private final SecretPage frame = SecretPage.allocate(HEADER + MAX_BODY);
  private HardwareKey key;

  private CardHelper(Child child, HardwareKey key) {
    this.child = child;
    this.key = key;
  }

  /** Starts the helper; key: whom the conversation is about, for messages. */
  static CardHelper start(Hardware.Settings settings, HardwareKey key) {
    List<String> command = new ArrayList<>(List.of(settings.helper().toString()));
    settings.softwareKey().ifPresent(f -> command.addAll(List.of("--software-key", f.toString())));
    Map<String, String> environment =
        Optional.ofNullable(System.getenv("PCSCLITE_CSOCK_NAME"))
            .map(socket -> Map.of("PCSCLITE_CSOCK_NAME", socket))
            .orElse(Map.of());
    CardHelper helper =
        new CardHelper(
            Child.start("nb-card", command, environment, REASONS, settings.timeout()), key);
    boolean greeted = false;
    try {
      helper.hello();
      greeted = true;
      return helper;
    } finally {
      if (!greeted) {
        helper.close();
      }
    }
  }

  /** The key as the helper knows it: software is true when the card is not real. */
  HardwareKey key() {
    return key;
  }

  private void hello() {
    child.write(frame('H', new byte[] {VERSION}));
    int length = expect('H');
    if (length != 2 || at(0) != VERSION) {
      throw child.failure("speaks another protocol version");
    }
    boolean software = (at(1) & 1) == 1;
    key = new HardwareKey(software ? SOFTWARE : key.name(), key.serial(), key.slot(), software);
  }

  /** The keys present; slot is the first free one, 0 when there is none. */
  List<HardwareKey> list() {
    child.write(frame('L', new byte[0]));
    List<HardwareKey> keys = new ArrayList<>();
    while (true) {
      Frame next = receive();
      if (next.type() == 'D') {
        return keys;
      }
      if (next.type() != 'K' || next.length() <= KEY_HEAD || keys.size() == MAX_KEYS) {
        throw child.failure("answers nonsense");
      }
      String name = Child.text(frame, HEADER + KEY_HEAD, next.length() - KEY_HEAD);
      keys.add(new HardwareKey(name, serial(), freeSlot(), key.software()));
    }
  }

  private long serial() {
    return Integer.toUnsignedLong(frame.segment().get(BIG_ENDIAN_INT, HEADER));
  }

  private int freeSlot() {
    int slot = at(4);
    if (slot != 0 && (slot < LOWEST_SLOT || slot > HIGHEST_SLOT)) {
      throw child.failure("answers nonsense");
    }
    return slot;
  }

  /** Asks for an agreement with a point (65 bytes); the tries left once the card is ready. */
  int requestAgreement(byte[] expected33, byte[] point65) {
    ByteArrayOutputStream body = head();
    body.writeBytes(expected33);
    body.writeBytes(point65);
    child.write(frame('A', body.toByteArray()));
    return ready();
  }

  /** Asks for a new key with this name in its certificate; the tries left. */
  int requestKey(String name) {
    ByteArrayOutputStream body = head();
    body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    child.write(frame('E', body.toByteArray()));
    return ready();
  }

  private ByteArrayOutputStream head() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(ByteBuffer.allocate(4).putInt((int) key.serial()).array());
    body.write(key.slot());
    return body;
  }

  private int ready() {
    if (expect('R') != 1) {
      throw child.failure("answers nonsense");
    }
    return at(0);
  }

  /** Gives the PIN; the 32-byte x-coordinate, in a page the caller closes. */
  SecretPage agree(Pin pin, Conversation conversation) {
    sendPin(pin);
    if (receiveAfterTouch('X', conversation) != SHARED) {
      throw child.failure("answers nonsense");
    }
    SecretPage shared = SecretPage.allocate(SHARED);
    MemorySegment received = frame.segment().asSlice(HEADER, SHARED);
    shared.segment().copyFrom(received);
    received.fill((byte) 0);
    return shared;
  }

  /** Gives the PIN; the new public key, 33 bytes. */
  byte[] create(Pin pin, Conversation conversation) {
    sendPin(pin);
    if (receiveAfterTouch('Q', conversation) != POINT) {
      throw child.failure("answers nonsense");
    }
    return frame.segment().asSlice(HEADER, POINT).toArray(ValueLayout.JAVA_BYTE);
  }

  private void sendPin(Pin pin) {
    MemorySegment out = frame.segment();
    out.set(ValueLayout.JAVA_BYTE, 0, (byte) 'P');
    out.set(ValueLayout.JAVA_BYTE, 1, (byte) 0);
    out.set(ValueLayout.JAVA_BYTE, 2, (byte) pin.length());
    MemorySegment.copy(pin.page().segment(), 0, out, HEADER, pin.length());
    child.write(frame, HEADER + pin.length());
    out.fill((byte) 0);
    pin.close();
  }

  private int receiveAfterTouch(char type, Conversation conversation) {
    Frame next = receive();
    if (next.type() == 'T') {
      conversation.touchNeeded(key);
      next = receive();
    }
    return require(type, next);
  }

  private record Frame(char type, int length) {}

  private int expect(char type) {
    return require(type, receive());
  }

  private int require(char type, Frame received) {
    if (received.type() != type) {
      throw child.failure("answers nonsense");
    }
    return received.length();
  }

  /** The next frame, its body in the page; FAILED becomes a refusal. */
  private Frame receive() {
    try {
      child.readFully(frame, 0, HEADER);
      int length = frame.segment().get(ValueLayout.JAVA_BYTE, 1) & 0xff;
      length = length << 8 | frame.segment().get(ValueLayout.JAVA_BYTE, 2) & 0xff;
      if (length > MAX_BODY) {
        throw child.failure("answers nonsense");
      }
      child.readFully(frame, HEADER, length);
      char type = (char) (frame.segment().get(ValueLayout.JAVA_BYTE, 0) & 0xff);
      if (type == 'F' && length >= 2) {
        throw Failure.refusal(at(0), at(1), Child.text(frame, HEADER + 2, length - 2), key);
      }
      return new Frame(type, length);
    } catch (Child.TimedOut e) {
      throw child.hung();
    }
  }

  private int at(int index) {
    return frame.segment().get(ValueLayout.JAVA_BYTE, HEADER + index) & 0xff;
  }

  private static byte[] frame(char type, byte[] body) {
    return ByteBuffer.allocate(HEADER + body.length)
        .put((byte) type)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  @Override
  public void close() {
    child.close();
    frame.close();
  }
}
