package nixbroker.daemon.ledger;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;

/** One line of the ledger, its end-of-line included. */
record Line(byte[] bytes, Ledger.Entry entry) {
  static final int FORMAT = 1;
  static final String START = "0".repeat(64);
  private static final String HASH = ",\"hash\":\"";

  static Line of(long number, Instant at, Event event, String prev) {
    JsonObject json = new JsonObject();
    json.addProperty("v", FORMAT);
    json.addProperty("n", number);
    json.addProperty("at", at.toString());
    EventJson.write(event, json);
    json.addProperty("prev", prev);
    String body = json.toString();
    String hash = sha256(body);
    String line = body.substring(0, body.length() - 1) + HASH + hash + "\"}\n";
    return new Line(
        line.getBytes(StandardCharsets.UTF_8), new Ledger.Entry(number, at, event, hash));
  }

  /**
   * Reads a line without its end-of-line and checks that it follows the one before.
   *
   * @throws Broken with what is wrong
   */
  static Ledger.Entry parse(byte[] bytes, long number, String prev) throws Broken {
    try {
      String line = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int cut = line.length() - HASH.length() - 66;
      if (cut < 0 || !line.startsWith(HASH, cut) || !line.endsWith("\"}")) {
        throw new Broken("it has no hash");
      }
      String hash = line.substring(cut + HASH.length(), line.length() - 2);
      String body = line.substring(0, cut) + '}';
      if (!sha256(body).equals(hash)) {
        throw new Broken("its hash is not that of its text");
      }
      return entry(JsonParser.parseString(body).getAsJsonObject(), number, prev, hash);
    } catch (CharacterCodingException e) {
      throw new Broken("it is not UTF-8");
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | DateTimeException e) {
      throw new Broken("it is malformed");
    }
  }

  private static Ledger.Entry entry(JsonObject json, long number, String prev, String hash)
      throws Broken {
    long format = EventJson.number(json, "v");
    if (format != FORMAT) {
      throw new Broken("its format is " + format + ", this program reads " + FORMAT);
    }
    if (EventJson.number(json, "n") != number) {
      throw new Broken("its number is " + EventJson.number(json, "n") + ", not " + number);
    }
    if (!EventJson.text(json, "prev").equals(prev)) {
      throw new Broken("it does not follow the line before");
    }
    return new Ledger.Entry(number, EventJson.instant(json, "at"), EventJson.read(json), hash);
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** A line that this program did not write, or that was altered since. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken(String what) {
      super(what, null, false, false);
    }
  }
}
