package nixbroker.sops;

import java.util.List;

/** What a file of any store says, without its layout: the tree that sops encrypts. */
sealed interface Node {

  /** A map in file order: entries, and the comments between them. */
  record Branch(List<Member> members) implements Node {
    List<Entry> entries() {
      return members.stream().filter(Entry.class::isInstance).map(Entry.class::cast).toList();
    }
  }

  sealed interface Member {}

  record Entry(String key, Node value) implements Member {}

  /** The text after the "#", which may itself be an ENC[…] value. */
  record Comment(String text) implements Node, Member {}

  record Sequence(List<Node> items) implements Node {}

  /** A scalar; text() is what the MAC takes: numbers, times and truth values in sops' spelling. */
  sealed interface Leaf extends Node {
    String text();
  }

  record Text(String text) implements Leaf {}

  /** An int, float, bool or time. */
  record Plain(String text) implements Leaf {}

  record Nothing() implements Leaf {
    @Override
    public String text() {
      return "";
    }
  }

  /** Adds the paths of the leaves below, where this stands at a path itself (empty: the top). */
  default void paths(String at, List<String> into) {
    switch (this) {
      case Branch branch ->
          branch
              .entries()
              .forEach(e -> e.value().paths(at.isEmpty() ? e.key() : at + "/" + e.key(), into));
      case Sequence sequence -> {
        int position = 0;
        for (Node item : sequence.items()) {
          if (!(item instanceof Comment)) {
            item.paths(at + "/" + position++, into);
          }
        }
      }
      case Leaf _ -> into.add(at);
      case Comment _ -> {}
    }
  }
}
