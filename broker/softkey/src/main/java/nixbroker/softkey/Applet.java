package nixbroker.softkey;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A YubiKey's PIV applet, firmware 5.7.1, as far as nb-card and common PIV clients use it. Changes
 * are durable before they are answered. Not thread-safe.
 */
public final class Applet {
  private static final byte[] AID = {(byte) 0xa0, 0, 0, 3, 8};
  private static final byte[] VERSION = {5, 7, 1};
  private static final int CHAIN = 0x10;
  private static final int MAX_CHAINED = 4096;

  private final CardState state;
  private final Pin pin;
  private final ManagementKey management = new ManagementKey();
  private final Slots slots;
  private final ByteArrayOutputStream chained = new ByteArrayOutputStream();
  private byte[] rest = {};
  private boolean selected;

  Applet(CardState state) {
    this.state = state;
    this.pin = new Pin(state);
    this.slots = new Slots(state, pin, management);
  }

  /** Power off and on: whatever was proved is forgotten. */
  public void reset() {
    selected = false;
    pin.forget();
    management.forget();
    chained.reset();
    rest = new byte[0];
  }

  /** One command APDU; the answer ends with the status word's two bytes. */
  public byte[] apdu(byte[] command) {
    try {
      Command parsed = Command.parse(command);
      if (parsed.ins() != 0xc0) {
        rest = new byte[0];
      }
      if ((parsed.cla() & CHAIN) != 0) {
        collect(parsed);
        return answer(new byte[0], StatusWord.OK.code());
      }
      return cut(execute(unchain(parsed)), parsed.le());
    } catch (StatusWord.Answered e) {
      return answer(new byte[0], e.code());
    } catch (IOException e) {
      throw new UncheckedIOException("the software key's file cannot be written", e);
    }
  }

  private void collect(Command part) {
    if (chained.size() + part.data().length > MAX_CHAINED) {
      chained.reset();
      throw StatusWord.WRONG_LENGTH.exception();
    }
    chained.writeBytes(part.data());
  }

  private Command unchain(Command last) {
    if (chained.size() == 0) {
      return last;
    }
    chained.writeBytes(last.data());
    byte[] data = chained.toByteArray();
    chained.reset();
    return new Command(last.cla(), last.ins(), last.p1(), last.p2(), data, last.le());
  }

  private byte[] cut(byte[] data, int le) {
    int length = Math.min(data.length, le);
    rest = Arrays.copyOfRange(data, length, data.length);
    return answer(
        Arrays.copyOf(data, length),
        rest.length == 0 ? StatusWord.OK.code() : 0x6100 | (rest.length > 0xff ? 0 : rest.length));
  }

  private static byte[] answer(byte[] data, int status) {
    return Tlv.join(data, new byte[] {(byte) (status >> 8), (byte) status});
  }

  private byte[] execute(Command command) throws IOException {
    if (command.ins() == 0xa4) {
      return select(command);
    }
    if (!selected) {
      throw StatusWord.CONDITIONS.exception();
    }
    return switch (command.ins()) {
      case 0xc0 -> rest;
      case 0xfd -> VERSION;
      case 0xf8 -> slots.serial();
      case 0x20 -> pin.verify(command);
      case 0x24 -> pin.change(command);
      case 0xf7 -> slots.metadata(command.p2());
      case 0x87 -> slots.authenticate(command);
      case 0x47 -> slots.generate(command);
      case 0xcb -> slots.read(command);
      case 0xdb -> slots.write(command);
      default -> throw StatusWord.UNKNOWN_INSTRUCTION.exception();
    };
  }

  private byte[] select(Command command) {
    byte[] aid = command.data();
    if (aid.length < AID.length || !Arrays.equals(aid, 0, AID.length, AID, 0, AID.length)) {
      throw StatusWord.NOT_FOUND.exception();
    }
    reset();
    selected = true;
    return Tlv.of(
        0x61, Tlv.of(0x4f, new byte[] {0, 0, 0x10, 0, 1, 0}), Tlv.of(0x79, Tlv.of(0x4f, AID)));
  }

  /** The serial printed on a real one. */
  public long serial() {
    return state.serial();
  }
}
