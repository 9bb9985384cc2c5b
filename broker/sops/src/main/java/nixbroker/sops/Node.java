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
}
