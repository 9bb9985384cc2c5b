package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.ANCHOR_TAKEN;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_MISSING;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.seal.Seal;
import nixbroker.daemon.tree.SopsRefusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsException;

/**
 * One minting in memory: what is there, what is wanted, and the difference. Nothing here touches a
 * file.
 */
final class Minting implements AutoCloseable {
  private final Tree tree;
  private final Mint.Request request;
  private final SecretPath configPath;
  private final byte[] configBytes;
  private final SecretPath install;
  private final SecretPath secrets;
  private final List<SecretPath> files;
  private final AccessRules rules;
  private final TreeFiles documents;
  private final HostKeys keys;
  private final boolean newHost;
  private final Map<SecretPath, List<String>> additions = new TreeMap<>();

  Minting(Mint.Settings settings, Tree tree, Seal seal, Mint.Request request, InstantSource clock) {
    this.tree = tree;
    this.request = request;
    this.configPath = tree.sopsConfig().orElseThrow(() -> missing(tree));
    this.configBytes = tree.read(configPath).orElseThrow(() -> missing(tree));
    this.install = tree.path("hosts/" + request.host() + "/install.yaml");
    this.secrets = tree.path("hosts/" + request.host() + "/secrets.yaml");
    this.files = tree.files();
    this.documents = new TreeFiles(tree, seal, clock);
    String master = seal.withMaster(identity -> identity.recipient().text());
    this.rules = new AccessRules(tree, config(), files, master, request.operators());
    this.newHost = !documents.exists(install);
    if (newHost && rules.before().anchors().containsKey(hostAnchor())) {
      throw taken(hostAnchor(), install);
    }
    this.keys =
        newHost ? HostKeys.generate(request.host()) : documents.hostKeys(install, request.host());
    try {
      users();
      editRules(settings);
      findAdditions();
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  private SopsConfig config() {
    try {
      return SopsConfig.parse(configBytes);
    } catch (SopsException e) {
      throw SopsRefusal.config(e, tree);
    }
  }

  private void users() {
    for (UserName user : request.users()) {
      boolean known = documents.exists(secrets) && documents.takeUser(secrets, keys, user);
      if (!known) {
        if (rules.before().anchors().containsKey(userAnchor(user))) {
          throw taken(userAnchor(user), secrets);
        }
        keys.newUser(user);
      }
    }
  }

  private void editRules(Mint.Settings settings) {
    HostName host = request.host();
    anchor(hostAnchor(), keys.hostRecipient(), install);
    for (UserName user : request.users()) {
      anchor(userAnchor(user), keys.recipient(user), secrets);
    }
    rules.host(host, newHost, install, secrets);
    request.users().forEach(user -> rules.user(user, host));
    rules.share(settings.shared(), host);
  }

  private void anchor(String name, String recipient, SecretPath holder) {
    String known = rules.before().anchors().getOrDefault(name, recipient);
    if (!known.equals(recipient)) {
      throw taken(name, holder);
    }
    rules.anchor(name, recipient);
  }

  private void findAdditions() {
    for (SecretPath file : files) {
      List<String> ours = ours(file);
      if (!ours.isEmpty()) {
        List<String> missing = documents.missing(file, ours);
        if (!missing.isEmpty()) {
          additions.put(file, missing);
        }
      }
    }
  }

  /** Which of the recipients minted here the rules give a file. */
  private List<String> ours(SecretPath file) {
    List<String> granted = rules.winner(file).map(SopsConfig.Rule::recipients).orElse(List.of());
    return minted().values().stream().filter(granted::contains).toList();
  }

  /** Anchor name to recipient, the host first. */
  private Map<String, String> minted() {
    Map<String, String> minted = new LinkedHashMap<>();
    minted.put(hostAnchor(), keys.hostRecipient());
    request.users().forEach(user -> minted.put(userAnchor(user), keys.recipient(user)));
    return minted;
  }

  Mint.Plan plan(String mintedAt) {
    Map<String, List<String>> created = new LinkedHashMap<>();
    created(install, keys.install(), created);
    created(secrets, keys.secrets(), created);
    boolean unchanged =
        created.isEmpty()
            && keys.secrets().isEmpty()
            && additions.isEmpty()
            && rules.after() == rules.before();
    List<String> rekeyed = additions.keySet().stream().map(tree::shown).toList();
    return new Mint.Plan(
        request.tree().text(),
        request.host().text(),
        request.users().stream().map(UserName::text).toList(),
        unchanged,
        unchanged ? mintedAt : "",
        created,
        rules.newAnchors(),
        rules.newRules(),
        gains(created),
        Map.of(),
        transitive(),
        rekeyed,
        tree.shown(configPath));
  }

  private void created(
      SecretPath path, Map<String, byte[]> values, Map<String, List<String>> created) {
    if (!values.isEmpty() && !documents.exists(path)) {
      created.put(tree.shown(path), List.copyOf(values.keySet()));
    }
  }

  private Map<String, List<String>> gains(Map<String, List<String>> created) {
    Map<String, List<String>> gains = new LinkedHashMap<>();
    minted()
        .forEach(
            (anchor, recipient) -> {
              List<String> gained = new ArrayList<>();
              if (created.containsKey(tree.shown(secrets)) && ours(secrets).contains(recipient)) {
                gained.add(tree.shown(secrets));
              }
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

  // Root of the host reads its secrets file, hence the users' keys in it, hence what those open.
  private List<String> transitive() {
    List<String> lines = new ArrayList<>();
    for (UserName user : request.users()) {
      String recipient = keys.recipient(user);
      for (SecretPath file : files) {
        List<String> granted = ours(file);
        if (granted.contains(recipient)
            && !granted.contains(keys.hostRecipient())
            && documents.isEncrypted(file)) {
          lines.add(hostAnchor() + " reads " + tree.shown(file) + " through " + userAnchor(user));
        }
      }
    }
    return lines;
  }

  /**
   * All new contents, each verified: it opens with the master, with every key that is to open it,
   * and with no other of ours.
   */
  Tree.Change change(Mint.Listener listener) {
    Map<SecretPath, Optional<byte[]>> read = new TreeMap<>();
    Map<SecretPath, byte[]> written = new TreeMap<>();
    if (rules.after() != rules.before()) {
      read.put(configPath, Optional.of(configBytes));
      written.put(configPath, rules.after().bytes());
    }
    put(install, keys.install(), read, written);
    put(secrets, keys.secrets(), read, written);
    int done = 0;
    for (Map.Entry<SecretPath, List<String>> addition : additions.entrySet()) {
      SecretPath file = addition.getKey();
      byte[] before = written.getOrDefault(file, documents.bytes(file));
      written.put(file, documents.withRecipients(file, before, addition.getValue()));
      read.putIfAbsent(file, Optional.of(documents.bytes(file)));
      listener.progress("rekeyed", ++done, additions.size(), tree.shown(file));
    }
    written.forEach(this::verify);
    return new Tree.Change(message(), read, written);
  }

  private void put(
      SecretPath path,
      Map<String, byte[]> values,
      Map<SecretPath, Optional<byte[]>> read,
      Map<SecretPath, byte[]> written) {
    if (values.isEmpty()) {
      return;
    }
    read.put(path, documents.content(path));
    written.put(path, documents.withValues(path, values, rules.ruleFor(path)));
  }

  private void verify(SecretPath path, byte[] content) {
    if (path.equals(configPath)) {
      return;
    }
    List<String> granted = ours(path);
    try (var host = keys.hostIdentity()) {
      documents.verify(path, content, host, granted.contains(keys.hostRecipient()));
    }
    for (UserName user : request.users()) {
      documents.verify(path, content, keys.identity(user), granted.contains(keys.recipient(user)));
    }
  }

  private String message() {
    String users = String.join(", ", request.users().stream().map(UserName::text).toList());
    return "nixbroker: mint " + request.host() + (users.isEmpty() ? "" : " (" + users + ")");
  }

  String hostRecipient() {
    return keys.hostRecipient();
  }

  String hostFingerprint() {
    return keys.hostFingerprint();
  }

  private String hostAnchor() {
    return RuleNames.HOST + request.host();
  }

  private String userAnchor(UserName user) {
    return RuleNames.USER + user + "_" + request.host();
  }

  private Refusal taken(String anchor, SecretPath holder) {
    return new Refusal.Declined(
        ANCHOR_TAKEN,
        "&" + anchor + " in .sops.yaml is not the key in " + tree.shown(holder),
        "remove the anchor with its aliases, or restore the file: git log -- "
            + tree.shown(holder));
  }

  private static Refusal missing(Tree tree) {
    return new Refusal.Declined(
        SOPS_CONFIG_MISSING, "no .sops.yaml governs " + tree.folder(), "nbctl init");
  }

  @Override
  public void close() {
    keys.close();
  }
}
