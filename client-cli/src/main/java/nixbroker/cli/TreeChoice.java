package nixbroker.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nixbroker.proto.v1.StatusRequest;
import nixbroker.proto.v1.TreeStatus;

/** Which tree a request is about: `--tree`, the one that holds this folder, the only one. */
final class TreeChoice {
  private TreeChoice() {}

  static String name(Session session) {
    if (session.globals().tree() != null) {
      return session.globals().tree();
    }
    List<TreeStatus> trees =
        session.broker().unary().status(StatusRequest.getDefaultInstance()).getTreesList();
    TreeStatus here = holding(Path.of("").toAbsolutePath(), trees);
    if (here != null) {
      return here.getName();
    }
    if (trees.size() == 1) {
      return trees.get(0).getName();
    }
    throw trees.isEmpty() ? none() : several(trees);
  }

  /** The innermost tree around the folder; null when there is none. */
  private static TreeStatus holding(Path folder, List<TreeStatus> trees) {
    TreeStatus best = null;
    int depth = -1;
    for (TreeStatus tree : trees) {
      Path path = real(Path.of(tree.getPath()));
      if (folder.startsWith(path) && path.getNameCount() > depth) {
        best = tree;
        depth = path.getNameCount();
      }
    }
    return best;
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      // A folder that is not there holds nothing; the broker says what is wrong with it.
      return path;
    }
  }

  private static Failure none() {
    return Failure.usage(
        "the broker's configuration names no secrets tree",
        "add `trees: {home: ~/nixcfg/secrets}` to config.yaml and restart nbrokerd");
  }

  private static Failure several(List<TreeStatus> trees) {
    List<String> names = new ArrayList<>();
    trees.forEach(tree -> names.add(tree.getName()));
    return Failure.usage(
        "this folder is in none of the trees " + String.join(", ", names),
        "change into one, or add --tree " + names.get(0));
  }
}
