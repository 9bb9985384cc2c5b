package nixbroker.softkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Keys and data objects, and what they may be used for. */
final class Slots {
  private static final int PIN = 0x80;
  private static final int MANAGEMENT = 0x9b;
  private static final int RESPONSE = 0x82;
  private static final int CHALLENGE = 0x81;
  private static final int EXPONENTIATION = 0x85;
  private static final int MAX_OBJECT = 3072;

  private final CardState state;
  private final Pin pin;
  private final ManagementKey management;

  Slots(CardState state, Pin pin, ManagementKey management) {
    this.state = state;
    this.pin = pin;
    this.management = management;
  }

  byte[] serial() {
    return ByteBuffer.allocate(4).putInt((int) state.serial()).array();
  }

  byte[] metadata(int slot) {
    return switch (slot) {
      case PIN -> pin.metadata();
      case MANAGEMENT ->
          Tlv.join(
              Tlv.of(1, new byte[] {ManagementKey.AES192}),
              Tlv.of(2, new byte[] {0, SlotKey.NEVER}),
              Tlv.of(5, new byte[] {1}));
      default -> keyMetadata(key(slot));
    };
  }

  private static byte[] keyMetadata(SlotKey key) {
    byte generatedHere = 1;
    return Tlv.join(
        Tlv.of(1, new byte[] {SlotKey.P256}),
        Tlv.of(2, new byte[] {(byte) key.pinPolicy(), (byte) key.touchPolicy()}),
        Tlv.of(3, new byte[] {generatedHere}),
        Tlv.of(4, Tlv.of(0x86, key.point65())));
  }

  /** GENERAL AUTHENTICATE: the management key's proof, ECDH, or ECDSA. */
  byte[] authenticate(Command command) {
    Map<Integer, byte[]> template = Tlv.parse(Tlv.unwrap(0x7c, command.data()));
    if (command.p2() == MANAGEMENT) {
      if (command.p1() != ManagementKey.AES192) {
        throw StatusWord.WRONG_PARAMETERS.exception();
      }
      return Tlv.of(0x7c, management.authenticate(template));
    }
    SlotKey key = key(command.p2());
    if (command.p1() != SlotKey.P256) {
      throw StatusWord.WRONG_PARAMETERS.exception();
    }
    pin.require(key.pinPolicy());
    awaitTouch(key.touchPolicy());
    byte[] result;
    if (template.containsKey(EXPONENTIATION)) {
      result = key.agree(template.get(EXPONENTIATION));
    } else if (template.containsKey(CHALLENGE)) {
      result = key.sign(template.get(CHALLENGE));
    } else {
      throw StatusWord.WRONG_DATA.exception();
    }
    return Tlv.of(0x7c, Tlv.of(RESPONSE, result));
  }

  private void awaitTouch(int policy) {
    if (policy == SlotKey.NEVER) {
      return;
    }
    try {
      new Semaphore(0).tryAcquire(state.touchDelay().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StatusWord.NOT_SATISFIED.exception();
    }
    if (!state.touchIsGiven()) {
      throw StatusWord.NOT_SATISFIED.exception();
    }
  }

  byte[] generate(Command command) throws IOException {
    requireManagement();
    Map<Integer, byte[]> template = Tlv.parse(Tlv.unwrap(0xac, command.data()));
    if (option(template, 0x80, 0) != SlotKey.P256) {
      throw StatusWord.WRONG_DATA.exception();
    }
    SlotKey key =
        SlotKey.generate(
            option(template, 0xaa, SlotKey.ONCE), option(template, 0xab, SlotKey.NEVER));
    state.setKey(command.p2(), key);
    state.store();
    return Tlv.of(0x7f49, Tlv.of(0x86, key.point65()));
  }

  /** Policy 0 means the default. */
  private static int option(Map<Integer, byte[]> template, int tag, int byDefault) {
    byte[] value = template.get(tag);
    return value == null || value.length != 1 || value[0] == 0 ? byDefault : value[0];
  }

  byte[] read(Command command) {
    byte[] content = state.object(Tlv.unwrap(0x5c, command.data()));
    if (content == null) {
      throw StatusWord.NOT_FOUND.exception();
    }
    return Tlv.of(0x53, content);
  }

  byte[] write(Command command) throws IOException {
    requireManagement();
    Map<Integer, byte[]> template = Tlv.parse(command.data());
    byte[] id = template.get(0x5c);
    byte[] content = template.get(0x53);
    if (id == null || id.length > 3 || content == null || content.length > MAX_OBJECT) {
      throw StatusWord.WRONG_DATA.exception();
    }
    state.setObject(id, content);
    state.store();
    return new byte[0];
  }

  private void requireManagement() {
    if (!management.proved()) {
      throw StatusWord.NOT_SATISFIED.exception();
    }
  }

  private SlotKey key(int slot) {
    SlotKey key = state.key(slot);
    if (key == null) {
      throw StatusWord.NO_REFERENCE.exception();
    }
    return key;
  }
}
