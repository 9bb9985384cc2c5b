package nixbroker.daemon.tree;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.TreeName;
import nixbroker.daemon.refusal.Refusal;

/**
 * How many files, hosts and users every tree has, for a glance. Counting must be quick, so what a
 * file is, is remembered until its size or time changes.
 */
public final class Overview {
  private static final String MASTER = ".nixbroker/master.age";

  /** The block sops ends a YAML file with, or the member it adds to a JSON file. */
  private static final Pattern SOPS_BLOCK =
      Pattern.compile("(?m)^sops:[ \\t\\r]*$|^[ \\t]*+\"sops\"[ \\t]*+:");

  private static final Pattern ANCHOR = Pattern.compile("(?md)^[^#\\n]*?&(host|user)_([\\w-]+)");

  private final Trees trees;
  private final ConcurrentHashMap<Path, Seen> seen = new ConcurrentHashMap<>();

  private final ConcurrentHashMap<TreeName, Opened> opened = new ConcurrentHashMap<>();

  private record Opened(Tree tree, List<String> folders) {}

  private record Seen(long size, FileTime changed, boolean encrypted) {}

  /**
   * One tree at a glance.
   *
   * @param files encrypted ones
   * @param problem why the tree cannot be worked on; empty when it can
   */
  public record Line(
      TreeName name,
      Path folder,
      boolean initialised,
      int files,
      int hosts,
      int users,
      String problem) {}

  public Overview(Trees trees) {
    this.trees = trees;
  }

  /** Every tree of the configuration, in its order. */
  public List<Line> lines() {
    return trees.names().stream().map(this::line).toList();
  }

  private Line line(TreeName name) {
    Path folder = trees.folder(name);
    try {
      Tree tree = open(name, folder);
      Set<String> hosts = new TreeSet<>();
      Set<String> users = new TreeSet<>();
      tree.sopsConfig()
          .flatMap(tree::read)
          .ifPresent(text -> anchors(new String(text, StandardCharsets.UTF_8), hosts, users));
      return new Line(
          name,
          folder,
          tree.read(tree.path(MASTER)).isPresent(),
          (int) tree.files().stream().filter(path -> isEncrypted(tree, path)).count(),
          hosts.size(),
          users.size(),
          "");
    } catch (IOException e) {
      return new Line(name, folder, false, 0, 0, 0, Trees.ioFailed(e).cause());
    } catch (Refusal refusal) {
      return new Line(name, folder, false, 0, 0, 0, refusal.cause());
    }
  }

  /** Opening asks git; a tree opened before serves while its folders are the same. */
  private Tree open(TreeName name, Path folder) throws IOException {
    Opened before = opened.get(name);
    if (before != null
        && Files.isDirectory(folder)
        && before.folders().equals(folders(folder.toRealPath(), before.tree().top()))) {
      return before.tree();
    }
    Tree tree = trees.open(name);
    opened.put(name, new Opened(tree, folders(tree.folder(), tree.top())));
    return tree;
  }

  /**
   * The folder, those above it up to the top, and the top's .git; the time of a folder changes when
   * a .sops.yaml comes or goes.
   */
  private static List<String> folders(Path folder, Path top) throws IOException {
    List<String> folders = new ArrayList<>();
    for (Path at = folder; at != null && at.startsWith(top); at = at.getParent()) {
      var found = Files.readAttributes(at, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      folders.add(at + " " + found.fileKey() + " " + found.lastModifiedTime());
    }
    Path git = top.resolve(".git");
    if (Files.exists(git, LinkOption.NOFOLLOW_LINKS)) {
      folders.add(Files.getAttribute(git, "fileKey", LinkOption.NOFOLLOW_LINKS).toString());
    }
    return folders;
  }

  private static void anchors(String config, Set<String> hosts, Set<String> users) {
    Matcher anchor = ANCHOR.matcher(config);
    Set<String> accounts = new TreeSet<>();
    while (anchor.find()) {
      (anchor.group(1).equals("host") ? hosts : accounts).add(anchor.group(2));
    }
    for (String account : accounts) {
      users.add(
          hosts.stream()
              .map(host -> '_' + host)
              .filter(account::endsWith)
              .map(host -> account.substring(0, account.length() - host.length()))
              .findFirst()
              .orElse(account));
    }
  }

  private boolean isEncrypted(Tree tree, SecretPath path) {
    Path file = tree.top().resolve(path.text());
    try {
      var now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return seen.compute(
              file,
              (_, before) ->
                  before != null
                          && before.size() == now.size()
                          && before.changed().equals(now.lastModifiedTime())
                      ? before
                      : new Seen(now.size(), now.lastModifiedTime(), looksEncrypted(tree, path)))
          .encrypted();
    } catch (IOException vanished) {
      return false;
    }
  }

  private static boolean looksEncrypted(Tree tree, SecretPath path) {
    return tree.read(path)
        .map(bytes -> SOPS_BLOCK.matcher(new String(bytes, StandardCharsets.UTF_8)).find())
        .orElse(false);
  }
}
