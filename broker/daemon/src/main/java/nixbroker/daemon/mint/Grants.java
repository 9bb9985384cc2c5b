package nixbroker.daemon.mint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.SopsConfig;

/**
 * What the recipients of one minting may read under the rules as they will be.
 *
 * @param minted anchor name to recipient, the host first, then its users
 */
record Grants(
    Tree tree, AccessRules rules, List<SecretPath> files, LinkedHashMap<String, String> minted) {

  /** Which of the minted recipients the rules give a file. */
  List<String> of(SecretPath file) {
    List<String> granted = rules.winner(file).map(SopsConfig.Rule::recipients).orElse(List.of());
    return minted.values().stream().filter(granted::contains).toList();
  }

  /** The files that lack recipients they are to have, with these. */
  Map<SecretPath, List<String>> additions(TreeFiles documents) {
    Map<SecretPath, List<String>> additions = new TreeMap<>();
    for (SecretPath file : files) {
      List<String> granted = of(file);
      List<String> missing = granted.isEmpty() ? granted : documents.missing(file, granted);
      if (!missing.isEmpty()) {
        additions.put(file, missing);
      }
    }
    return additions;
  }

  /**
   * Anchor names to the files that are new to them, paths as people see them; created: files made
   * now.
   */
  Map<String, List<String>> gains(
      List<SecretPath> created, Map<SecretPath, List<String>> additions) {
    Map<String, List<String>> gains = new LinkedHashMap<>();
    minted.forEach(
        (anchor, recipient) -> {
          List<String> gained = new ArrayList<>();
          created.stream()
              .filter(file -> of(file).contains(recipient))
              .forEach(file -> gained.add(tree.shown(file)));
          additions.forEach(
              (file, added) -> {
                if (added.contains(recipient)) {
                  gained.add(tree.shown(file));
                }
              });
          if (!gained.isEmpty()) {
            gains.put(anchor, gained);
          }
        });
    return gains;
  }

  /**
   * Root of the host reads its secrets file, hence the users' keys in it, hence what those open:
   * one line each.
   */
  List<String> transitive(TreeFiles documents) {
    var host = minted.firstEntry();
    List<String> lines = new ArrayList<>();
    minted.forEach(
        (anchor, recipient) -> {
          for (SecretPath file : files) {
            List<String> granted = of(file);
            if (granted.contains(recipient)
                && !granted.contains(host.getValue())
                && documents.isEncrypted(file)) {
              lines.add(host.getKey() + " reads " + tree.shown(file) + " through " + anchor);
            }
          }
        });
    return lines;
  }
}
