package nixbroker.softkey;

import com.yubico.yubikit.core.Transport;
import com.yubico.yubikit.core.smartcard.SmartCardConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import nixbroker.card.CardConnection;
import nixbroker.card.CardFailure;

/** The software key of a file, as a card that is present; a transaction locks the file. */
public final class SoftCard implements CardConnection {
  private static final byte[] ATR =
      HexFormat.of().parseHex("3bfd1300008131fe158073c021c057597562694b657940");

  private final Path file;

  public SoftCard(Path file) {
    this.file = file;
  }

  /**
   * Makes a factory-new key: PIN 123456, three tries, the usual management key, no keys.
   *
   * @throws IOException among others when the file exists
   */
  public static SoftCard create(Path file, long serial) throws IOException {
    CardState.create(file, serial);
    return new SoftCard(file);
  }

  @Override
  public String name() {
    return "software key";
  }

  @Override
  public SmartCardConnection begin() {
    if (!Files.isRegularFile(file)) {
      throw new CardFailure(CardFailure.Kind.NO_CARD, "there is no software key at " + file);
    }
    try {
      FileChannel lock =
          FileChannel.open(
              file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      lock.lock();
      return new InProcess(new Applet(CardState.load(file)), lock);
    } catch (IOException e) {
      throw new CardFailure(CardFailure.Kind.CARD_GONE, String.valueOf(e.getMessage()));
    }
  }

  /** Closing is what taking the power away is to a card: the next transaction starts anew. */
  private record InProcess(Applet applet, FileChannel lock) implements SmartCardConnection {
    @Override
    public byte[] sendAndReceive(byte[] apdu) throws IOException {
      try {
        return applet.apdu(apdu);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }

    @Override
    public Transport getTransport() {
      return Transport.USB;
    }

    @Override
    public boolean isExtendedLengthApduSupported() {
      return true;
    }

    @Override
    public byte[] getAtr() {
      return ATR.clone();
    }

    @Override
    public void close() throws IOException {
      lock.close();
    }
  }
}
