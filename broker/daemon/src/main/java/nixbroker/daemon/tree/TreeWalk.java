package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.refusal.Reason;
import nixbroker.daemon.refusal.Refusal;

/** Lists the files of a tree: regular ones, no link followed, nothing of a nested repository. */
final class TreeWalk extends SimpleFileVisitor<Path> {
  private static final int DEEPEST = 64;
  private static final int MOST = 100_000;

  private final Repository repository;
  private final Path start;
  private final Path stages;
  private final List<SecretPath> found = new ArrayList<>();

  private TreeWalk(Repository repository, Path start) {
    this.repository = repository;
    this.start = start;
    this.stages = repository.folder().resolve(String.join("/", Stage.IN_TREE));
  }

  static List<SecretPath> files(Repository repository) throws IOException {
    return files(repository, repository.folder());
  }

  /** start: a folder of the work tree. */
  static List<SecretPath> files(Repository repository, Path start) throws IOException {
    TreeWalk walk = new TreeWalk(repository, start);
    Files.walkFileTree(start, walk);
    Collections.sort(walk.found);
    return walk.found;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes facts) {
    boolean nested =
        !folder.equals(repository.top())
            && Files.exists(folder.resolve(".git"), LinkOption.NOFOLLOW_LINKS);
    if (nested || folder.endsWith(".git") || folder.equals(stages)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (start.relativize(folder).getNameCount() > DEEPEST) {
      throw tooLarge(folder + " is more than " + DEEPEST + " folders deep");
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
    String name = file.getFileName().toString();
    if (facts.isRegularFile() && !name.equals(".sops.yaml") && !name.equals(".git")) {
      found.add(new SecretPath(repository.top().relativize(file).toString()));
    }
    if (found.size() > MOST) {
      throw tooLarge(start + " has more than " + MOST + " files");
    }
    return FileVisitResult.CONTINUE;
  }

  private static Refusal.Declined tooLarge(String cause) {
    return new Refusal.Declined(
        Reason.PATH_UNSAFE, cause, "name the folder with the secrets only under trees:");
  }
}
