package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.ANCHOR_TAKEN;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_MISSING;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
  private final Grants grants;
  private final Map<SecretPath, List<String>> additions;

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
    boolean ready = false;
    try {
      users();
      editRules(settings);
      this.grants = new Grants(tree, rules, files, minted());
      this.additions = grants.additions(documents);
      ready = true;
    } finally {
      if (!ready) {
        keys.close();
      }
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

  /** Anchor name to recipient, the host first. */
  private LinkedHashMap<String, String> minted() {
    LinkedHashMap<String, String> minted = new LinkedHashMap<>();
    minted.put(hostAnchor(), keys.hostRecipient());
    request.users().forEach(user -> minted.put(userAnchor(user), keys.recipient(user)));
    return minted;
  }

  Mint.Plan plan(String mintedAt) {
    Map<SecretPath, Map<String, byte[]>> values = values();
    List<SecretPath> made = values.keySet().stream().filter(f -> !documents.exists(f)).toList();
    Set<SecretPath> changed = new TreeSet<>(additions.keySet());
    changed.addAll(values.keySet());
    changed.removeAll(made);
    boolean unchanged = values.isEmpty() && changed.isEmpty() && rules.after() == rules.before();
    Map<String, List<String>> created = new LinkedHashMap<>();
    Map<String, List<String>> readers = new LinkedHashMap<>();
    for (SecretPath file : made) {
      created.put(tree.shown(file), List.copyOf(values.get(file).keySet()));
      readers.put(tree.shown(file), rules.ruleFor(file).names());
    }
    return new Mint.Plan(
        request.tree().text(),
        request.host().text(),
        request.users().stream().map(UserName::text).toList(),
        unchanged,
        unchanged ? mintedAt : "",
        created,
        readers,
        rules.newAnchors(),
        rules.newRules(),
        grants.gains(made, additions),
        Map.of(),
        grants.transitive(documents),
        changed.stream().map(tree::shown).toList(),
        tree.shown(configPath));
  }

  /** The files that get new values, install.yaml first. */
  private Map<SecretPath, Map<String, byte[]>> values() {
    Map<SecretPath, Map<String, byte[]>> values = new LinkedHashMap<>();
    values.put(install, keys.install());
    values.put(secrets, keys.secrets());
    values.values().removeIf(Map::isEmpty);
    return values;
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
    values()
        .forEach(
            (path, values) -> {
              read.put(path, documents.content(path));
              written.put(path, documents.withValues(path, values, rules.ruleFor(path)));
            });
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

  private void verify(SecretPath path, byte[] content) {
    if (path.equals(configPath)) {
      return;
    }
    List<String> granted = grants.of(path);
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
