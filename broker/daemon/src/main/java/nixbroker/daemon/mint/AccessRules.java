package nixbroker.daemon.mint;

import static nixbroker.daemon.refusal.Reason.CATCH_ALL_RULE;
import static nixbroker.daemon.refusal.Reason.NO_OPERATORS;
import static nixbroker.daemon.refusal.Reason.RULE_SHADOWED;
import static nixbroker.daemon.refusal.Reason.SOPS_CONFIG_DIALECT;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
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
import nixbroker.daemon.tree.SopsRefusal;
import nixbroker.daemon.tree.Tree;
import nixbroker.sops.RuleOptions;
import nixbroker.sops.SopsConfig;
import nixbroker.sops.SopsConfig.Rule;
import nixbroker.sops.SopsException;

/** The rules of one .sops.yaml while minting changes them, step by step. */
final class AccessRules {
  private final Tree tree;
  private final Folders folders;
  private final List<String> operatorsAsked;
  private final SopsConfig before;
  private final List<String> newAnchors = new ArrayList<>();
  private final List<String> newRules = new ArrayList<>();
  private SopsConfig config;
  private RuleNames names;

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
    this.folders = Folders.of(tree, files);
    this.operatorsAsked = operatorsAsked;
    this.names = RuleNames.of(config, masterRecipient);
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
  Optional<Rule> winner(SecretPath path) {
    return edited(() -> config.winner(tree.rulePath(path)));
  }

  /** The rule of a file that was given one. */
  Rule ruleFor(SecretPath path) {
    return winner(path)
        .orElseThrow(() -> new IllegalStateException("a rule was just added for " + path));
  }

  /**
   * Names a recipient, unless the name is there; that it means this recipient is the caller's to
   * know.
   */
  void anchor(String name, String recipient) {
    if (!config.anchors().containsKey(name)) {
      edit(() -> config.withAnchor(name, recipient));
      newAnchors.add(name);
    }
  }

  /**
   * A rule each for the host's folder and for the install file in it (never a host), unless the
   * rules in place do the same.
   */
  void host(HostName host, boolean isNew, SecretPath install, SecretPath secrets) {
    String anchor = RuleNames.HOST + host;
    String folder = "hosts/" + host + "/";
    if (isNew || winner(secrets).filter(r -> isOwn(r, anchor)).isEmpty()) {
      // Other files there keep the readers they have, and those do not get the new ones.
      String regex =
          folders.isThere(folder, install, secrets)
              ? folders.fileRegex(folder + "secrets.yaml")
              : folders.regex(folder);
      rule(secrets, regex, List.of(anchor), operators(secrets), false);
    }
    if (isNew
        || winner(install).filter(r -> names.hasMaster(r) && !names.hasMachine(r)).isEmpty()) {
      rule(
          install,
          folders.fileRegex(folder + "install.yaml"),
          List.of(),
          operators(install),
          false);
    }
    requireRule(secrets, isOwn(ruleFor(secrets), anchor));
    requireRule(install, !names.hasMachine(ruleFor(install)));
  }

  private boolean isOwn(Rule rule, String anchor) {
    return names.hasMaster(rule) && names.has(rule, anchor) && !names.hasMachineBut(anchor, rule);
  }

  /** The user's recipient joins the rule that is only about the user's folder, or gets one. */
  void user(UserName user, HostName host) {
    String folder = "users/" + user + "/";
    String anchor = RuleNames.USER + user + "_" + host;
    SecretPath probe = tree.path(folder + "x.yaml");
    Set<Integer> own = new TreeSet<>();
    winners(folders.under(folder)).stream()
        .filter(rule -> winsOnlyUnder(rule, folder))
        .forEach(rule -> own.add(rule.index()));
    if (own.isEmpty()) {
      SecretPath like =
          winner(probe).isPresent() ? probe : tree.path("hosts/" + host + "/install.yaml");
      rule(probe, folders.regex(folder), List.of(anchor), operators(like), folders.isThere(folder));
    } else {
      own.forEach(index -> join(index, anchor));
    }
  }

  /**
   * The host joins each rule that wins for a shared folder; a rule that wins elsewhere too is
   * refused.
   */
  void share(List<String> shared, HostName host) {
    Set<Integer> chosen = new TreeSet<>();
    for (String folder : shared) {
      for (Rule rule : winners(folders.under(folder))) {
        Optional<SecretPath> elsewhere = elsewhere(rule, shared);
        if (elsewhere.isEmpty()) {
          chosen.add(rule.index());
        } else if (folders.isThere(folder)) {
          throw catchAll(rule, folder, elsewhere.get());
        }
      }
    }
    chosen.forEach(index -> join(index, RuleNames.HOST + host));
  }

  private Optional<SecretPath> elsewhere(Rule rule, List<String> inside) {
    return folders
        .outside(inside)
        .filter(path -> winner(path).filter(r -> r.index() == rule.index()).isPresent())
        .findFirst();
  }

  private Collection<Rule> winners(List<SecretPath> paths) {
    Map<Integer, Rule> winners = new TreeMap<>();
    paths.forEach(path -> winner(path).ifPresent(rule -> winners.put(rule.index(), rule)));
    return winners.values();
  }

  private boolean winsOnlyUnder(Rule rule, String folder) {
    SecretPath someoneElse = tree.path("users/0-somebody-else/x.yaml");
    return !edited(() -> rule.matches(tree.rulePath(someoneElse)))
        && elsewhere(rule, List.of(folder)).isEmpty();
  }

  private void join(int index, String anchor) {
    if (!names.has(edited(() -> config.rules().get(index)), anchor)) {
      edit(() -> config.withRecipient(index, anchor));
    }
  }

  // keepAll: files that are there already keep everyone they have, since minting takes nobody's
  // access.
  private void rule(
      SecretPath probe, String regex, List<String> extra, List<String> operators, boolean keepAll) {
    Optional<Rule> winner = winner(probe);
    if (winner.filter(Rule::otherKinds).isPresent()) {
      throw otherKinds(probe, regex);
    }
    Set<String> recipients = new LinkedHashSet<>();
    recipients.add(names.master());
    recipients.addAll(operators);
    recipients.addAll(extra);
    winner.filter(rule -> keepAll).ifPresent(rule -> recipients.addAll(rule.names()));
    RuleOptions options = winner.map(Rule::options).orElse(RuleOptions.NONE);
    int index = edited(() -> winner.isPresent() ? winner.get().index() : config.rules().size());
    edit(() -> config.withRule(index, regex, List.copyOf(recipients), options));
    newRules.add(regex);
    requireRule(probe, ruleFor(probe).index() == index);
  }

  private List<String> operators(SecretPath path) {
    Optional<Rule> winner = winner(path);
    List<String> found =
        operatorsAsked.isEmpty() ? winner.map(names::operators).orElse(List.of()) : operatorsAsked;
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

  private void requireRule(SecretPath path, boolean holds) {
    if (!holds) {
      throw new Refusal.Declined(
          RULE_SHADOWED,
          "an earlier rule of .sops.yaml wins for " + tree.shown(path),
          "move the rule for " + tree.shown(path) + " before the others");
    }
  }

  private Refusal otherKinds(SecretPath probe, String regex) {
    return new Refusal.Declined(
        SOPS_CONFIG_DIALECT,
        "the rule for "
            + tree.shown(probe)
            + " has recipients other than age, which a new rule would lose",
        "add to creation_rules, before it: path_regex: " + regex + ", with the same recipients");
  }

  private Refusal catchAll(Rule rule, String folder, SecretPath elsewhere) {
    String text = rule.pathRegex().isEmpty() ? "no path_regex" : rule.pathRegex();
    return new Refusal.Declined(
        CATCH_ALL_RULE,
        "the rule for %s (%s) also wins for %s, which the host must not read"
            .formatted(folder, text, tree.shown(elsewhere)),
        "put before it: - path_regex: "
            + folders.regex(folder)
            + ", with the recipients of "
            + folder);
  }

  /** An edit of .sops.yaml that the library may refuse. */
  interface Edit<T> {
    T make() throws SopsException;
  }

  private void edit(Edit<SopsConfig> edit) {
    config = edited(edit);
    names = new RuleNames(config, names.master());
  }

  private <T> T edited(Edit<T> edit) {
    try {
      return edit.make();
    } catch (SopsException e) {
      throw SopsRefusal.config(e, tree);
    }
  }
}
