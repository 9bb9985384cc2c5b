package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The folder of one transaction: its manifest, the new files until they are exchanged, the old ones
 * afterwards. A name that ends in ".aborted" says that the transaction was undone.
 */
final class Stage implements AutoCloseable {
  static final String ABORTED = ".aborted";
  static final Pattern NAME = Pattern.compile("[0-9a-f]{16}(\\.aborted)?");
  static final List<String> IN_TREE = List.of(".nixbroker", "stage");
  private static final String IGNORE = ".gitignore";

  private final Path path;
  private final Folder folder;

  private Stage(Path path) throws IOException {
    this.path = path;
    this.folder = Folder.open(path);
  }

  /** Where a repository's stages may be. */
  static List<Path> roots(Repository repository) {
    return List.of(repository.stages(), inTree(repository));
  }

  private static Path inTree(Repository repository) {
    return repository.folder().resolve(String.join("/", IN_TREE));
  }

  /** Makes a stage beside the git folder's own files. */
  static Stage create(Repository repository, String id) throws IOException {
    return create(repository.stages(), id);
  }

  /** Makes a stage in the tree, for a git folder on another file system. */
  static Stage createInTree(Repository repository, String id) throws IOException {
    Path root = inTree(repository);
    try (Folder tree = Folder.open(repository.folder())) {
      if (!exists(root.getParent())) {
        tree.create(IN_TREE.getFirst());
      }
    }
    try (Folder parent = Folder.walk(repository.folder(), IN_TREE.subList(0, 1)).orElseThrow()) {
      if (!exists(root)) {
        parent.create(IN_TREE.getLast());
      }
    }
    try (Folder stages = Folder.walk(repository.folder(), IN_TREE).orElseThrow()) {
      if (!exists(root.resolve(IGNORE))) {
        stages.write(IGNORE, "*\n".getBytes(StandardCharsets.US_ASCII));
      }
    }
    return create(root, id);
  }

  private static Stage create(Path root, String id) throws IOException {
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    if (!exists(root)) {
      Files.createDirectory(root, mode);
    }
    Files.createDirectory(root.resolve(id), mode);
    return new Stage(root.resolve(id));
  }

  static Stage open(Path path) throws IOException {
    return new Stage(path);
  }

  Path path() {
    return path;
  }

  Folder folder() {
    return folder;
  }

  /** Empty when there is none, or only a part of it. */
  Optional<Manifest> manifest() throws IOException {
    Optional<Folder.Content> content = folder.read(Manifest.NAME);
    return content.flatMap(found -> Manifest.parse(found.bytes()));
  }

  /** Durably says that the transaction was undone, even if the ledger cannot. */
  Stage aborted() throws IOException {
    Path marked = path.resolveSibling(path.getFileName() + ABORTED);
    try (Folder root = Folder.open(path.getParent())) {
      root.move(path.getFileName().toString(), root, marked.getFileName().toString());
      root.sync();
    }
    folder.close();
    return new Stage(marked);
  }

  /**
   * Removes the stage but for what somebody still wrote into a file after it was exchanged; returns
   * the paths of such files.
   */
  List<String> clean(Manifest manifest) throws IOException {
    List<String> kept = new ArrayList<>();
    for (Manifest.Item item : manifest.items()) {
      String hash = Hashes.of(folder, item.name());
      if (hash.equals(item.oldHash()) || hash.equals(item.newHash())) {
        folder.delete(item.name());
      } else if (!hash.equals(Hashes.ABSENT)) {
        kept.add(path.resolve(item.name()) + " (was " + item.path() + ")");
      }
    }
    if (kept.isEmpty()) {
      remove();
    }
    return kept;
  }

  /** Removes a stage whole. */
  void remove() throws IOException {
    folder.close();
    Files.walkFileTree(path, new Removal());
    Path root = path.getParent();
    if (root.endsWith(String.join("/", IN_TREE)) && isLast(root)) {
      Files.deleteIfExists(root.resolve(IGNORE));
      Files.delete(root);
      removeIfEmpty(root.getParent());
    }
  }

  private static boolean isLast(Path root) throws IOException {
    try (var names = Files.list(root)) {
      return names.allMatch(name -> name.endsWith(IGNORE));
    }
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    try (var names = Files.list(folder)) {
      if (names.findAny().isPresent()) {
        return;
      }
    }
    try {
      Files.delete(folder);
    } catch (DirectoryNotEmptyException e) {
      // Somebody put a file there this moment: then it is theirs.
      return;
    }
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  // The manifest goes last: without it nobody can say what the other files are.
  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
      if (!file.endsWith(Manifest.NAME)) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
      if (e != null) {
        throw e;
      }
      Files.deleteIfExists(folder.resolve(Manifest.NAME));
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
