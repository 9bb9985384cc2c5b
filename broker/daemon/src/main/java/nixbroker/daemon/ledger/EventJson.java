package nixbroker.daemon.ledger;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.Locale;

/** Events as JSON and back: the one place that knows both. */
final class EventJson {
  private EventJson() {}

  private enum Kind {
    STARTED,
    STOPPED,
    INITIALISED,
    UNLOCKED,
    LOCKED,
    INTENT,
    DONE,
    ABORTED,
    MINTED,
    BUNDLE_ISSUED,
    BUNDLE_CLAIMED,
    BUNDLE_FETCHED,
    BUNDLE_ACTIVE,
    BUNDLE_EXPIRED,
    PHASE_CHANGED,
    REFUSED;

    String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Kind of(String text) throws Line.Broken {
      for (Kind kind : values()) {
        if (kind.text().equals(text)) {
          return kind;
        }
      }
      throw new Line.Broken("its type '" + text + "' is unknown to this program");
    }
  }

  /** Adds {@code type} and the event's fields. */
  static void write(Event event, JsonObject json) {
    switch (event) {
      case Event.Started e -> {
        start(json, Kind.STARTED);
        json.addProperty("version", e.version());
        json.addProperty("pid", e.pid());
      }
      case Event.Stopped e -> {
        start(json, Kind.STOPPED);
        json.addProperty("why", e.why());
      }
      case Event.Initialised e -> {
        start(json, Kind.INITIALISED);
        json.addProperty("tree", e.tree());
        json.addProperty("master", e.master());
        json.addProperty("commit", e.commit());
      }
      case Event.Unlocked e -> {
        start(json, Kind.UNLOCKED);
        json.addProperty("key", e.key());
        json.addProperty("until", e.until().toString());
      }
      case Event.Locked e -> {
        start(json, Kind.LOCKED);
        json.addProperty("why", e.why());
      }
      case Event.Intent e -> {
        start(json, Kind.INTENT);
        json.addProperty("tree", e.tree());
        json.addProperty("id", e.id());
        json.addProperty("what", e.what());
        json.addProperty("stage", e.stage());
        json.addProperty("head", e.head());
        json.addProperty("commit", e.commit());
      }
      case Event.Done e -> {
        start(json, Kind.DONE);
        json.addProperty("tree", e.tree());
        json.addProperty("id", e.id());
        json.addProperty("commit", e.commit());
      }
      case Event.Aborted e -> {
        start(json, Kind.ABORTED);
        json.addProperty("tree", e.tree());
        json.addProperty("id", e.id());
        json.addProperty("why", e.why());
      }
      case Event.Minted e -> {
        start(json, Kind.MINTED);
        json.addProperty("tree", e.tree());
        json.addProperty("host", e.host());
        json.addProperty("recipient", e.recipient());
        json.addProperty("commit", e.commit());
      }
      case Event.BundleIssued e -> {
        start(json, Kind.BUNDLE_ISSUED);
        json.addProperty("bundle", e.bundle());
        json.addProperty("tree", e.tree());
        json.addProperty("host", e.host());
        json.addProperty("tokenHash", e.tokenHash());
        json.addProperty("tunnelKey", e.tunnelKey());
        json.addProperty("expires", e.expires().toString());
      }
      case Event.BundleClaimed e -> {
        start(json, Kind.BUNDLE_CLAIMED);
        json.addProperty("bundle", e.bundle());
        json.addProperty("recipient", e.recipient());
        json.addProperty("from", e.from());
        json.addProperty("ciphertextHash", e.ciphertextHash());
        json.addProperty("receipt", e.receipt());
      }
      case Event.BundleFetched e -> {
        start(json, Kind.BUNDLE_FETCHED);
        json.addProperty("bundle", e.bundle());
      }
      case Event.BundleActive e -> {
        start(json, Kind.BUNDLE_ACTIVE);
        json.addProperty("bundle", e.bundle());
      }
      case Event.BundleExpired e -> {
        start(json, Kind.BUNDLE_EXPIRED);
        json.addProperty("bundle", e.bundle());
      }
      case Event.PhaseChanged e -> {
        start(json, Kind.PHASE_CHANGED);
        json.addProperty("bundle", e.bundle());
        json.addProperty("phase", e.phase());
        json.addProperty("state", e.state());
        json.addProperty("detail", e.detail());
      }
      case Event.Refused e -> {
        start(json, Kind.REFUSED);
        json.addProperty("caller", e.caller());
        json.addProperty("method", e.method());
        json.addProperty("reason", e.reason());
      }
    }
  }

  private static void start(JsonObject json, Kind kind) {
    json.addProperty("type", kind.text());
  }

  static Event read(JsonObject json) throws Line.Broken {
    return switch (Kind.of(text(json, "type"))) {
      case STARTED -> new Event.Started(text(json, "version"), number(json, "pid"));
      case STOPPED -> new Event.Stopped(text(json, "why"));
      case INITIALISED ->
          new Event.Initialised(text(json, "tree"), text(json, "master"), text(json, "commit"));
      case UNLOCKED -> new Event.Unlocked(text(json, "key"), instant(json, "until"));
      case LOCKED -> new Event.Locked(text(json, "why"));
      case INTENT ->
          new Event.Intent(
              text(json, "tree"),
              text(json, "id"),
              text(json, "what"),
              text(json, "stage"),
              text(json, "head"),
              text(json, "commit"));
      case DONE -> new Event.Done(text(json, "tree"), text(json, "id"), text(json, "commit"));
      case ABORTED -> new Event.Aborted(text(json, "tree"), text(json, "id"), text(json, "why"));
      case MINTED ->
          new Event.Minted(
              text(json, "tree"),
              text(json, "host"),
              text(json, "recipient"),
              text(json, "commit"));
      case BUNDLE_ISSUED ->
          new Event.BundleIssued(
              text(json, "bundle"),
              text(json, "tree"),
              text(json, "host"),
              text(json, "tokenHash"),
              text(json, "tunnelKey"),
              instant(json, "expires"));
      case BUNDLE_CLAIMED ->
          new Event.BundleClaimed(
              text(json, "bundle"),
              text(json, "recipient"),
              text(json, "from"),
              text(json, "ciphertextHash"),
              text(json, "receipt"));
      case BUNDLE_FETCHED -> new Event.BundleFetched(text(json, "bundle"));
      case BUNDLE_ACTIVE -> new Event.BundleActive(text(json, "bundle"));
      case BUNDLE_EXPIRED -> new Event.BundleExpired(text(json, "bundle"));
      case PHASE_CHANGED ->
          new Event.PhaseChanged(
              text(json, "bundle"), text(json, "phase"), text(json, "state"), text(json, "detail"));
      case REFUSED ->
          new Event.Refused(text(json, "caller"), text(json, "method"), text(json, "reason"));
    };
  }

  static String text(JsonObject json, String field) throws Line.Broken {
    JsonElement value = json.get(field);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
      throw new Line.Broken("its field '" + field + "' is no text");
    }
    return value.getAsString();
  }

  static long number(JsonObject json, String field) throws Line.Broken {
    JsonElement value = json.get(field);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw new Line.Broken("its field '" + field + "' is no number");
    }
    return value.getAsLong();
  }

  static Instant instant(JsonObject json, String field) throws Line.Broken {
    return Instant.parse(text(json, field));
  }
}
