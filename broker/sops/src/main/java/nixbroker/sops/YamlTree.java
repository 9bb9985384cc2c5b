package nixbroker.sops;

import java.util.ArrayList;
import java.util.List;
import nixbroker.sops.Node.Branch;
import nixbroker.sops.Node.Comment;
import nixbroker.sops.Node.Entry;
import nixbroker.sops.Node.Leaf;
import nixbroker.sops.Node.Member;
import nixbroker.sops.Node.Sequence;
import nixbroker.sops.Node.Text;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/** Turns positioned YAML into the tree of sops: types, and comments in the map that holds them. */
final class YamlTree {
  private final Lines lines;
  private final List<YamlComments.Found> comments;
  private int next;

  private YamlTree(Lines lines, List<YamlComments.Found> comments) {
    this.lines = lines;
    this.comments = comments;
  }

  /** One branch for each document. */
  static List<Branch> of(Lines lines, List<YamlNode> roots) throws SopsException {
    YamlTree tree = new YamlTree(lines, YamlComments.in(lines, roots));
    List<Branch> branches = new ArrayList<>();
    for (int i = 0; i < roots.size(); i++) {
      int limit = i + 1 < roots.size() ? roots.get(i + 1).start() : lines.text().length();
      branches.add(
          switch (roots.get(i)) {
            case YamlNode.Map map -> tree.branch(map, limit, 0);
            case YamlNode.Scalar s when s.empty() -> new Branch(List.of());
            case YamlNode other -> throw tree.malformed(other, "holds no map at the top");
          });
    }
    return branches;
  }

  /** limit: where whatever comes after the map starts. */
  private Branch branch(YamlNode.Map map, int limit, int column) throws SopsException {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < map.pairs().size(); i++) {
      YamlNode.Pair pair = map.pairs().get(i);
      members.addAll(before(pair.key().start(), 0));
      int end = i + 1 < map.pairs().size() ? map.pairs().get(i + 1).key().start() : limit;
      Node value = node(pair.value(), end);
      members.addAll(inline(pair.value()));
      members.add(new Entry(key(pair.key()), value));
    }
    members.addAll(before(limit, column));
    return new Branch(members);
  }

  private Sequence sequence(YamlNode.Seq seq, int limit, int column) throws SopsException {
    List<Node> items = new ArrayList<>();
    for (int i = 0; i < seq.items().size(); i++) {
      YamlNode item = seq.items().get(i);
      items.addAll(before(item.start(), 0));
      Node value = node(item, i + 1 < seq.items().size() ? seq.items().get(i + 1).start() : limit);
      items.addAll(inline(item));
      items.add(commentOr(value));
    }
    items.addAll(before(limit, column));
    return new Sequence(items);
  }

  /** sops encrypts a comment in a list into an item. */
  private static Node commentOr(Node item) {
    boolean comment =
        item instanceof Text text
            && EncValue.parse(text.text()).filter(v -> v.type().equals("comment")).isPresent();
    return comment ? new Comment(((Text) item).text()) : item;
  }

  private Node node(YamlNode node, int limit) throws SopsException {
    return switch (node) {
      case YamlNode.Scalar s -> leaf(s);
      case YamlNode.Map m ->
          branch(m, m.flow() ? m.end() : limit, m.flow() ? 0 : column(m, m.pairs().isEmpty()));
      case YamlNode.Seq s ->
          sequence(s, s.flow() ? s.end() : limit, s.flow() ? 0 : lines.column(s.start()));
      case YamlNode.Alias a ->
          throw new SopsException.Unsupported(
              at(a) + " uses an alias; a file that sops has written has none", "sops edit FILE");
    };
  }

  private int column(YamlNode.Map map, boolean empty) {
    return lines.column(empty ? map.start() : map.pairs().getFirst().key().start());
  }

  /** The comments up to here that stand at the column or right of it. */
  private List<Comment> before(int offset, int column) {
    List<Comment> taken = new ArrayList<>();
    while (next < comments.size()
        && comments.get(next).offset() < offset
        && comments.get(next).column() >= column) {
      taken.add(new Comment(comments.get(next++).text()));
    }
    return taken;
  }

  /** A comment on the line where a scalar ends comes before its entry, as sops sees it. */
  private List<Comment> inline(YamlNode value) {
    boolean there =
        value instanceof YamlNode.Scalar s
            && !s.block()
            && next < comments.size()
            && comments.get(next).inline()
            && comments.get(next).line() == lines.lineOf(value.end());
    return there ? List.of(new Comment(comments.get(next++).text())) : List.of();
  }

  private String key(YamlNode key) throws SopsException {
    if (key instanceof YamlNode.Scalar s && leaf(s) instanceof Text text) {
      return text.text();
    }
    throw malformed(key, "has a key that is not text");
  }

  private Leaf leaf(YamlNode.Scalar s) throws SopsException {
    if (s.tag().endsWith(":binary")) {
      throw new SopsException.Unsupported(at(s) + " holds binary data", "sops edit FILE");
    }
    boolean text =
        s.style() != ScalarStyle.PLAIN || s.tag().endsWith(":str") || s.tag().equals("!");
    return text ? new Text(s.value()) : GoScalar.plain(s.value());
  }

  private String at(YamlNode node) {
    return "line " + (lines.lineOf(node.start()) + 1);
  }

  private SopsException malformed(YamlNode node, String what) {
    return new SopsException.Malformed(at(node) + " " + what);
  }
}
