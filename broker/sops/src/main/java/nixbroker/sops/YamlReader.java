package nixbroker.sops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Composes the documents of a YAML text, keeping positions. Aliases are never expanded here. */
final class YamlReader {
  /** Deeper than any file people write, and shallow enough for the stack. */
  private static final int MAX_DEPTH = 100;

  private static final int MAX_CODE_POINTS = 32 << 20;

  private final String text;
  private final int[] charOfCodePoint;
  private final Iterator<Event> events;
  private final Set<String> anchors = new HashSet<>();

  private YamlReader(String text) {
    this.text = text;
    this.charOfCodePoint = positions(text);
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_CODE_POINTS).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** The root of each document; a document without content is an empty scalar. */
  static List<YamlNode> documents(String text) throws SopsException {
    try {
      return new YamlReader(text).read();
    } catch (MarkedYamlEngineException e) {
      // The library's own message quotes the text around the error.
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new SopsException.Malformed("line " + line + " is not YAML");
    } catch (YamlEngineException e) {
      throw new SopsException.Malformed(
          "not YAML: a control character in it, or more than 32 MiB of text");
    }
  }

  private List<YamlNode> read() throws SopsException {
    List<YamlNode> roots = new ArrayList<>();
    while (events.hasNext()) {
      if (events.next().getEventId() == Event.ID.DocumentStart) {
        anchors.clear();
        roots.add(node(events.next(), 0));
      }
    }
    return roots;
  }

  private YamlNode node(Event event, int depth) throws SopsException {
    if (depth > MAX_DEPTH) {
      throw malformed(start(event), "is nested more than " + MAX_DEPTH + " levels deep");
    }
    return switch (event) {
      case AliasEvent a -> alias(a);
      case ScalarEvent s ->
          new YamlNode.Scalar(
              start(s),
              end(s),
              anchor(s.getAnchor()),
              s.getTag().orElse(""),
              s.getValue(),
              s.getScalarStyle());
      case CollectionStartEvent c when c.getEventId() == Event.ID.MappingStart -> map(c, depth);
      case CollectionStartEvent c -> seq(c, depth);
      default -> throw new IllegalStateException("unexpected " + event.getEventId());
    };
  }

  private YamlNode alias(AliasEvent event) throws SopsException {
    String name = event.getAlias().getValue();
    if (!anchors.contains(name)) {
      throw malformed(start(event), "uses *" + name + ", which no anchor above it defines");
    }
    return new YamlNode.Alias(start(event), end(event), name);
  }

  private YamlNode map(CollectionStartEvent opening, int depth) throws SopsException {
    String anchor = anchor(opening.getAnchor());
    List<YamlNode.Pair> pairs = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Event event = events.next();
    for (; event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
      YamlNode key = node(event, depth + 1);
      if (key instanceof YamlNode.Scalar s && !seen.add(s.value())) {
        throw malformed(key.start(), "repeats a key of its map");
      }
      pairs.add(new YamlNode.Pair(key, node(events.next(), depth + 1)));
    }
    return new YamlNode.Map(start(opening), end(event), anchor, opening.isFlow(), pairs);
  }

  private YamlNode seq(CollectionStartEvent opening, int depth) throws SopsException {
    String anchor = anchor(opening.getAnchor());
    List<YamlNode> items = new ArrayList<>();
    Event event = events.next();
    for (; event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
      items.add(node(event, depth + 1));
    }
    return new YamlNode.Seq(start(opening), end(event), anchor, opening.isFlow(), items);
  }

  private String anchor(Optional<Anchor> anchor) {
    anchor.ifPresent(a -> anchors.add(a.getValue()));
    return anchor.map(Anchor::getValue).orElse("");
  }

  private SopsException malformed(int at, String what) {
    return new SopsException.Malformed("line " + (new Lines(text).lineOf(at) + 1) + " " + what);
  }

  private int start(Event event) {
    return offset(event.getStartMark());
  }

  private int end(Event event) {
    return offset(event.getEndMark());
  }

  private int offset(Optional<Mark> mark) {
    int index = mark.orElseThrow().getIndex();
    return charOfCodePoint.length == 0 ? index : charOfCodePoint[index];
  }

  /** Marks count code points; empty when that is the same as counting chars. */
  private static int[] positions(String text) {
    int codePoints = text.codePointCount(0, text.length());
    if (codePoints == text.length()) {
      return new int[0];
    }
    int[] positions = new int[codePoints + 1];
    for (int i = 0, at = 0; i <= codePoints; i++) {
      positions[i] = at;
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
    }
    return positions;
  }
}
