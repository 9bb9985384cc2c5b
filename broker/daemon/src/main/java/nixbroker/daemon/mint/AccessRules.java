package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.CATCH_ALL_RULE;
import static nixbroker.daemon.refusal.Reason.NOT_INITIALISED;
import static nixbroker.daemon.refusal.Reason.NO_OPERATORS;
import static nixbroker.daemon.refusal.Reason.RULE_SHADOWED;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_DIALECT;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nixbroker.daemon.policy.HostName;
import nixbroker.daemon.policy.SecretPath;
import nixbroker.daemon.policy.UserName;
import nixbroker.daemon.refusal.Refusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.RuleOptions;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsConfig.Rule;
import nixbroker.sops.SopsException;

/** The rules of one .sops.yaml while minting changes them, step by step. */
final class AccessRules {
  static final String HOST_PREFIX = "host_";
  static final String USER_PREFIX = "user_";

  private final Tree tree;
  private final List<SecretPath> files;
  private final List<String> operatorsAsked;
  private final SopsConfig before;
  private final String master;
  private final List<String> newAnchors = new ArrayList<>();
  private final List<String> newRules = new ArrayList<>();
  private SopsConfig config;

  /**
   * @param files every file of the tree
   * @param masterRecipient the unlocked master's recipient
   * @param operatorsAsked anchor names or recipients the request names; empty: the rules say
   */
  AccessRules(
      Tree tree,
      SopsConfig config,
      List<SecretPath> files,
      String masterRecipient,
      List<String> operatorsAsked) {
    this.tree = tree;
    this.before = config;
    this.config = config;
    this.files = files;
    this.operatorsAsked = operatorsAsked;
    this.master = masterName(config, masterRecipient);
  }

  private static String masterName(SopsConfig config, String recipient) {
    return config.anchors().entrySet().stream()
        .filter(anchor -> anchor.getValue().equals(recipient))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                new Refusal.Declined(
                    NOT_INITIALISED,
                    "the master key that is unlocked has no anchor in this tree's .sops.yaml",
                    "nbctl init for this tree, or nbctl lock and unlock with its own key"));
  }

  SopsConfig before() {
    return before;
  }

  SopsConfig after() {
    return config;
  }

  List<String> newAnchors() {
    return List.copyOf(newAnchors);
  }

  List<String> newRules() {
    return List.copyOf(newRules);
  }

  /** The rule a file is under now. */
  Rule ruleFor(SecretPath path) {
    return winner(path)
        .orElseThrow(() -> new IllegalStateException("a rule was just added for " + path));
  }

  Optional<Rule> winner(SecretPath path) {
    return edited(() -> config.winner(tree.rulePath(path)));
  }

  /** Names a recipient once; a name that means another key is refused by the caller. */
  void anchor(String name, String recipient) {
    if (!config.anchors().containsKey(name)) {
      config = edited(() -> config.withAnchor(name, recipient));
      newAnchors.add(name);
    }
  }

  /**
   * A rule each for the install file (no host) and for the host's folder, unless the rules in place
   * do the same.
   */
  void host(HostName host, boolean isNew, SecretPath install, SecretPath secrets) {
    String anchor = HOST_PREFIX + host;
    if (isNew
        || !winner(secrets).map(rule -> has(rule, master) && has(rule, anchor)).orElse(false)) {
      rule(
          secrets, "hosts/" + host + "/", "", List.of(anchor), operators(winner(secrets), secrets));
    }
    if (isNew
        || !winner(install).map(rule -> has(rule, master) && hasNoMachine(rule)).orElse(false)) {
      rule(
          install,
          "hosts/" + host + "/install",
          "\\.yaml$",
          List.of(),
          operators(winner(install), install));
    }
    if (!hasNoMachine(ruleFor(install))) {
      throw shadowed(install);
    }
    if (!has(ruleFor(secrets), anchor)) {
      throw shadowed(secrets);
    }
  }

  /** The user's recipient joins the rule that is only about the user's folder, or gets one. */
  void user(UserName user, HostName host) {
    String folder = "users/" + user + "/";
    String anchor = USER_PREFIX + user + "_" + host;
    SecretPath probe = tree.path(folder + "x.yaml");
    Set<Integer> own = new TreeSet<>();
    for (SecretPath path : under(folder, probe)) {
      winner(path).filter(rule -> winsOnlyUnder(rule, folder)).ifPresent(r -> own.add(r.index()));
    }
    if (own.isEmpty()) {
      Optional<Rule> winner = winner(probe);
      List<String> operators =
          winner.isEmpty() && operatorsAsked.isEmpty()
              ? operators(winner(tree.path("hosts/" + host + "/install.yaml")), probe)
              : operators(winner, probe);
      rule(probe, folder, "", List.of(anchor), operators);
    } else {
      own.forEach(index -> join(index, anchor));
    }
  }

  /**
   * The host joins each rule that wins for a shared folder; a rule that wins elsewhere too is
   * refused.
   */
  void share(List<String> folders, HostName host) {
    Set<Integer> chosen = new TreeSet<>();
    for (String folder : folders) {
      List<SecretPath> present = files.stream().filter(path -> isUnder(path, folder)).toList();
      SecretPath probe = tree.path(folder + "x.yaml");
      for (SecretPath path : present.isEmpty() ? List.of(probe) : present) {
        Optional<Rule> rule = winner(path);
        if (rule.isPresent()) {
          Optional<SecretPath> elsewhere = elsewhere(rule.get(), folders);
          if (elsewhere.isEmpty()) {
            chosen.add(rule.get().index());
          } else if (!present.isEmpty()) {
            throw catchAll(rule.get(), folder, elsewhere.get());
          }
        }
      }
    }
    chosen.forEach(index -> join(index, HOST_PREFIX + host));
  }

  private Optional<SecretPath> elsewhere(Rule rule, List<String> folders) {
    return files.stream()
        .filter(path -> folders.stream().noneMatch(folder -> isUnder(path, folder)))
        .filter(path -> winner(path).map(Rule::index).equals(Optional.of(rule.index())))
        .findFirst();
  }

  private boolean winsOnlyUnder(Rule rule, String folder) {
    SecretPath someoneElse = tree.path("users/0-somebody-else/x.yaml");
    return !edited(() -> rule.matches(tree.rulePath(someoneElse)))
        && elsewhere(rule, List.of(folder)).isEmpty();
  }

  private void join(int index, String anchor) {
    Rule rule = edited(() -> config.rules().get(index));
    if (!has(rule, anchor)) {
      config = edited(() -> config.withRecipient(index, anchor));
    }
  }

  private void rule(
      SecretPath probe, String folder, String end, List<String> extra, List<String> operators) {
    String regex = "^" + quoted(tree.rulePath(tree.path(folder + "x"))) + end;
    Optional<Rule> winner = winner(probe);
    if (winner.filter(Rule::otherKinds).isPresent()) {
      throw new Refusal.Declined(
          SOPS_CONFIG_DIALECT,
          "the rule for "
              + tree.shown(probe)
              + " has recipients other than age, which a new rule would lose",
          "add to creation_rules, before it: path_regex: " + regex + ", with the same recipients");
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(master);
    names.addAll(operators);
    names.addAll(extra);
    if (has(folder) && !extra.isEmpty()) {
      winner.ifPresent(rule -> names.addAll(rule.names()));
    }
    RuleOptions options = winner.map(Rule::options).orElse(RuleOptions.NONE);
    int index = edited(() -> winner.isPresent() ? winner.get().index() : config.rules().size());
    config = edited(() -> config.withRule(index, regex, List.copyOf(names), options));
    newRules.add(regex);
    if (ruleFor(probe).index() != index) {
      throw shadowed(probe);
    }
  }

  // A rule's text for a folder ends where the 'x' of the probe began.
  private static String quoted(String probe) {
    return probe.substring(0, probe.length() - 1).replaceAll("[^A-Za-z0-9_/-]", "\\\\$0");
  }

  // Files that are there already keep everyone they have: minting takes nobody's access.
  private boolean has(String folder) {
    return files.stream().anyMatch(path -> isUnder(path, folder));
  }

  private List<String> operators(Optional<Rule> winner, SecretPath path) {
    if (!operatorsAsked.isEmpty()) {
      return operatorsAsked;
    }
    List<String> found =
        winner.map(Rule::names).orElse(List.of()).stream()
            .filter(name -> !isMachine(name) && !name.equals(master))
            .toList();
    if (found.isEmpty()) {
      throw new Refusal.Declined(
          NO_OPERATORS,
          winner.isEmpty()
              ? "no rule of .sops.yaml says who may read " + tree.shown(path)
              : "the rule for " + tree.shown(path) + " names no operator",
          "nbctl mint … --operators NAME,… (anchors of .sops.yaml, or age1… recipients)");
    }
    return found;
  }

  private boolean isMachine(String name) {
    String anchor =
        config.anchors().entrySet().stream()
            .filter(entry -> entry.getValue().equals(name))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(name);
    return anchor.startsWith(HOST_PREFIX) || anchor.startsWith(USER_PREFIX);
  }

  private boolean hasNoMachine(Rule rule) {
    return rule.names().stream().noneMatch(this::isMachine);
  }

  private boolean has(Rule rule, String anchor) {
    return rule.names().contains(anchor)
        || rule.recipients().contains(config.anchors().getOrDefault(anchor, anchor));
  }

  private List<SecretPath> under(String folder, SecretPath probe) {
    List<SecretPath> found =
        new ArrayList<>(files.stream().filter(p -> isUnder(p, folder)).toList());
    found.add(probe);
    return found;
  }

  private boolean isUnder(SecretPath path, String folder) {
    return path.text().startsWith(tree.prefix() + folder);
  }

  private Refusal shadowed(SecretPath path) {
    return new Refusal.Declined(
        RULE_SHADOWED,
        "an earlier rule of .sops.yaml wins for " + tree.shown(path),
        "move the rule for " + tree.shown(path) + " before the others");
  }

  private Refusal catchAll(Rule rule, String folder, SecretPath elsewhere) {
    String regex = "^" + quoted(tree.rulePath(tree.path(folder + "x")));
    return new Refusal.Declined(
        CATCH_ALL_RULE,
        "the rule for "
            + folder
            + " ("
            + (rule.pathRegex().isEmpty() ? "no path_regex" : rule.pathRegex())
            + ") also wins for "
            + tree.shown(elsewhere)
            + ", which the host must not read",
        "put before it: - path_regex: " + regex + ", with the recipients of " + folder);
  }

  /** An edit of .sops.yaml that the library may refuse. */
  interface Edit<T> {
    T make() throws SopsException;
  }

  private <T> T edited(Edit<T> edit) {
    try {
      return edit.make();
    } catch (SopsException e) {
      throw Sops.config(e, tree);
    }
  }
}
