package nixbroker.daemon.tree;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Refusal;

/**
 * What a transaction changes: the file {@code manifest} of its stage, one JSON object. folders:
 * those it makes, outer ones first.
 */
record Manifest(
    String id, String tree, String message, List<SecretPath> folders, List<Item> items) {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern ITEM = Pattern.compile("[0-9]+");
  static final String NAME = "manifest";
  private static final int FORMAT = 1;

  /**
   * One file. name: in the stage; oldHash, newHash: SHA-256 in hex, the old one empty when there
   * was none; mode: git's, octal; oldBlob, newBlob: git's ids.
   */
  record Item(
      SecretPath path,
      String name,
      String oldHash,
      String newHash,
      String mode,
      String oldBlob,
      String newBlob) {
    boolean isNew() {
      return oldHash.equals(Hashes.ABSENT);
    }
  }

  List<SecretPath> paths() {
    return items.stream().map(Item::path).toList();
  }

  byte[] bytes() {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("id", id);
    json.addProperty("tree", tree);
    json.addProperty("message", message);
    JsonArray made = new JsonArray();
    folders.forEach(folder -> made.add(folder.text()));
    json.add("folders", made);
    JsonArray files = new JsonArray();
    for (Item item : items) {
      JsonObject file = new JsonObject();
      file.addProperty("path", item.path.text());
      file.addProperty("name", item.name);
      file.addProperty("old", item.oldHash);
      file.addProperty("new", item.newHash);
      file.addProperty("mode", item.mode);
      file.addProperty("old_blob", item.oldBlob);
      file.addProperty("new_blob", item.newBlob);
      files.add(file);
    }
    json.add("files", files);
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** Empty for anything but a whole manifest of this format. */
  static Optional<Manifest> parse(byte[] bytes) {
    try {
      JsonObject json =
          JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
      if (!text(json, "format").equals(String.valueOf(FORMAT))) {
        return Optional.empty();
      }
      List<SecretPath> folders = new ArrayList<>();
      array(json, "folders").forEach(path -> folders.add(new SecretPath(string(path))));
      List<Item> items = new ArrayList<>();
      for (JsonElement each : array(json, "files")) {
        items.add(item(each.getAsJsonObject()));
      }
      return Optional.of(
          new Manifest(
              matching(ID, text(json, "id")),
              text(json, "tree"),
              text(json, "message"),
              folders,
              items));
    } catch (JsonParseException | IllegalStateException | Refusal e) {
      return Optional.empty();
    }
  }

  private static Item item(JsonObject file) {
    return new Item(
        new SecretPath(text(file, "path")),
        matching(ITEM, text(file, "name")),
        text(file, "old"),
        text(file, "new"),
        text(file, "mode"),
        text(file, "old_blob"),
        text(file, "new_blob"));
  }

  private static JsonArray array(JsonObject json, String field) {
    if (json.get(field) instanceof JsonArray array) {
      return array;
    }
    throw new JsonParseException("no " + field);
  }

  private static String text(JsonObject json, String field) {
    JsonElement value = json.get(field);
    if (value == null) {
      throw new JsonParseException("no " + field);
    }
    return string(value);
  }

  private static String string(JsonElement value) {
    if (value instanceof JsonPrimitive primitive) {
      return primitive.getAsString();
    }
    throw new JsonParseException("not a text");
  }

  private static String matching(Pattern form, String text) {
    if (!form.matcher(text).matches()) {
      throw new JsonParseException("not of our making");
    }
    return text;
  }
}
