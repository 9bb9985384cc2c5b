package nixbroker.daemon.mint;

import java.util.List;
import java.util.stream.Stream;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.tree.Tree;

/**
 * The folders of a tree that rules are about, each relative to the tree with a final '/'.
 *
 * @param files every file of the tree
 * @param governed every file that the rules of .sops.yaml reach, also outside the tree
 */
record Folders(Tree tree, List<SecretPath> files, List<SecretPath> governed) {
  static Folders of(Tree tree, List<SecretPath> files) {
    return new Folders(tree, files, tree.governedFiles());
  }

  boolean isUnder(SecretPath path, String folder) {
    return path.text().startsWith(tree.prefix() + folder);
  }

  /** Whether a folder has files but these. */
  boolean isThere(String folder, SecretPath... except) {
    return files.stream()
        .anyMatch(path -> isUnder(path, folder) && !List.of(except).contains(path));
  }

  /** The files of a folder; for an empty one a file that could be there. */
  List<SecretPath> under(String folder) {
    List<SecretPath> present = files.stream().filter(path -> isUnder(path, folder)).toList();
    return present.isEmpty() ? List.of(tree.path(folder + "x.yaml")) : present;
  }

  /** The governed files that are in none of the folders. */
  Stream<SecretPath> outside(List<String> folders) {
    return governed.stream()
        .filter(path -> folders.stream().noneMatch(folder -> isUnder(path, folder)));
  }

  /** A path_regex for a folder. */
  String regex(String folder) {
    String below = tree.rulePath(tree.path(folder + "x"));
    return "^" + below.substring(0, below.length() - 1).replaceAll("[^A-Za-z0-9_/-]", "\\\\$0");
  }

  /** A path_regex for one file, relative to the tree. */
  String fileRegex(String file) {
    return regex(file) + "$";
  }
}
