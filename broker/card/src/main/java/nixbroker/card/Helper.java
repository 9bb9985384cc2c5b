package nixbroker.card;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The process around one conversation over standard input and output. */
public final class Helper {
  private Helper() {}

  /**
   * Converses once.
   *
   * @param cards finds the cards that are present; may throw {@link CardFailure}
   * @param software true when they are not real
   * @return the exit code: 0 answered, 1 answered with FAILED or not at all
   */
  public static int converse(Supplier<List<CardConnection>> cards, boolean software) {
    // yubikit writes APDUs, PIN and all, at its finest level.
    Logger root = LogManager.getLogManager().getLogger("");
    root.setLevel(Level.OFF);
    Undumpable.makeThisProcess();
    Wire wire =
        new Wire(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    try {
      return converse(wire, cards, software);
    } catch (IOException e) {
      if (!Wire.isHangup(e)) {
        System.err.println("nb-card: the pipe to the broker broke: " + e.getMessage());
      }
      return 1;
    }
  }

  private static int converse(Wire wire, Supplier<List<CardConnection>> cards, boolean software)
      throws IOException {
    try {
      wire.hello(software);
      wire.expectHello();
      Request request = wire.request();
      new Conversation(wire, cards.get(), InstantSource.system()).answer(request);
      return 0;
    } catch (CardFailure e) {
      wire.failed(e);
      return 1;
    }
  }
}
