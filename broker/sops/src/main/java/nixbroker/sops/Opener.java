package nixbroker.sops;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nixbroker.sops.Node.Branch;
import nixbroker.sops.Node.Comment;
import nixbroker.sops.Node.Entry;
import nixbroker.sops.Node.Leaf;
import nixbroker.sops.Node.Nothing;
import nixbroker.sops.Node.Sequence;
import nixbroker.sops.Node.Text;

/** Opens every value of a file in document order and computes its MAC. */
final class Opener implements AutoCloseable {
  private final DataKey key;
  private final CryptRule rule;
  private final Mac mac;
  private final List<Branch> documents;
  private final Map<String, byte[]> strings = new LinkedHashMap<>();
  private final List<List<String>> active = new ArrayList<>();
  private Set<String> containers = Set.of();

  Opener(List<Branch> documents, RuleOptions options, DataKey key) throws SopsException {
    this.documents = documents;
    this.key = key;
    this.rule = CryptRule.of(options);
    this.mac = new Mac(options.macOnlyEncrypted());
  }

  /** The MAC text of what was opened; the caller wipes it. */
  byte[] openAll() throws SopsException {
    for (Branch document : documents) {
      branch(document, List.of(), "");
    }
    return mac.text();
  }

  /** String leaves by shown path; the caller of {@link #release} wipes them, else close does. */
  Map<String, byte[]> release() {
    Map<String, byte[]> released = new LinkedHashMap<>(strings);
    strings.clear();
    return released;
  }

  @Override
  public void close() {
    strings.values().forEach(value -> Arrays.fill(value, (byte) 0));
    strings.clear();
  }

  /** Compares the MAC in the file with the one of its contents. */
  static void check(Metadata metadata, byte[] computed, DataKey key) throws SopsException {
    if (metadata.mac().isEmpty()) {
      throw new SopsException.Tampered("the file has no MAC");
    }
    Optional<byte[]> stored =
        EncValue.parse(metadata.mac()).flatMap(enc -> enc.open(key, metadata.lastModified()));
    if (stored.isEmpty()) {
      throw new SopsException.Tampered("the MAC does not open under the time of the last change");
    }
    boolean same = MessageDigest.isEqual(stored.get(), computed);
    Arrays.fill(stored.get(), (byte) 0);
    if (!same) {
      throw new SopsException.Tampered("the MAC is not that of the file's values");
    }
  }

  private void branch(Branch branch, List<String> keys, String shown) throws SopsException {
    active.add(new ArrayList<>());
    for (Node.Member member : branch.members()) {
      switch (member) {
        case Comment comment -> comment(comment, keys);
        case Entry(String name, Node value) -> {
          List<String> below = new ArrayList<>(keys);
          below.add(name);
          node(value, below, shown.isEmpty() ? name : shown + "/" + name);
          active.getLast().clear();
        }
      }
    }
    active.removeLast();
  }

  private void sequence(Sequence sequence, List<String> keys, String shown) throws SopsException {
    active.add(new ArrayList<>());
    int position = 0;
    for (Node item : sequence.items()) {
      if (item instanceof Comment comment) {
        comment(comment, keys);
      } else {
        node(item, keys, shown + "/" + position++);
        active.getLast().clear();
      }
    }
    active.removeLast();
  }

  private void node(Node node, List<String> keys, String shown) throws SopsException {
    switch (node) {
      case Branch branch -> branch(branch, keys, shown);
      case Sequence sequence -> sequence(sequence, keys, shown);
      case Comment comment -> comment(comment, keys);
      case Nothing _ -> {}
      case Leaf leaf when rule.encrypts(keys, active) -> encrypted(leaf, keys, shown);
      case Leaf leaf -> {
        mac.clear(leaf.text());
        if (leaf instanceof Text) {
          strings.put(shown, leaf.text().getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private void encrypted(Leaf leaf, List<String> keys, String shown) throws SopsException {
    if (leaf instanceof Text(String text) && text.isEmpty()) {
      strings.put(shown, new byte[0]);
      return;
    }
    EncValue value =
        Optional.of(leaf)
            .filter(Text.class::isInstance)
            .flatMap(text -> EncValue.parse(text.text()))
            .orElseThrow(
                () -> new SopsException.Tampered(shown + " is not encrypted, but must be"));
    ValueType type = ValueType.of(value.type());
    byte[] plaintext =
        value
            .open(key, aad(keys))
            .orElseThrow(() -> new SopsException.Tampered(shown + " does not open in its place"));
    try {
      byte[] hashed = type.hashed(plaintext);
      mac.encrypted(hashed);
      Arrays.fill(hashed, (byte) 0);
      if (type == ValueType.STR) {
        strings.put(shown, plaintext.clone());
      }
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** Not in the MAC. Which map holds a comment is the writer's YAML library's guess. */
  private void comment(Comment comment, List<String> keys) throws SopsException {
    active.getLast().add(comment.text());
    if (!rule.encryptsComment(keys, active)) {
      return;
    }
    // An old sops left comments clear: what has not the form of a value is kept.
    Optional<EncValue> value = EncValue.parse(comment.text());
    if (value.isEmpty() || opens(value.get(), aad(keys))) {
      return;
    }
    if (containers.isEmpty()) {
      containers = new LinkedHashSet<>();
      documents.forEach(document -> contain(document, List.of()));
    }
    if (containers.stream().noneMatch(aad -> opens(value.get(), aad))) {
      throw new SopsException.Tampered("a comment does not open in its place");
    }
  }

  private boolean opens(EncValue value, String aad) {
    Optional<byte[]> plaintext = value.open(key, aad);
    plaintext.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
    return plaintext.isPresent();
  }

  private void contain(Node node, List<String> keys) {
    switch (node) {
      case Branch branch -> {
        containers.add(aad(keys));
        for (Entry entry : branch.entries()) {
          List<String> below = new ArrayList<>(keys);
          below.add(entry.key());
          contain(entry.value(), below);
        }
      }
      case Sequence sequence -> {
        containers.add(aad(keys));
        sequence.items().forEach(item -> contain(item, keys));
      }
      case Leaf _, Comment _ -> {}
    }
  }

  /** What a value at this path is bound to. */
  static String aad(List<String> keys) {
    return String.join(":", keys) + ":";
  }
}
