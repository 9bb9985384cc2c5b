package nixbroker.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import nixbroker.proto.v1.Access;
import nixbroker.proto.v1.BundleStatus;
import nixbroker.proto.v1.InitPlan;
import nixbroker.proto.v1.NewFile;
import nixbroker.proto.v1.Plan;
import nixbroker.proto.v1.StatusResponse;
import nixbroker.proto.v1.TreeStatus;
import nixbroker.proto.v1.Unlocked;
import nixbroker.proto.v1.WatchEvent;

/** The answers as JSON: the contract's names, times as ISO 8601 in UTC, nothing shortened. */
final class Json {
  private Json() {}

  static JsonObject error(Failure failure) {
    JsonObject error = new JsonObject();
    error.addProperty("reason", failure.reason());
    error.addProperty("cause", failure.getMessage());
    error.addProperty("remedy", failure.remedy());
    if (!failure.incident().isEmpty()) {
      error.addProperty("incident", failure.incident());
    }
    error.addProperty("exit", failure.exit().code);
    return of("error", error);
  }

  static JsonObject of(String name, JsonObject value) {
    JsonObject object = new JsonObject();
    object.add(name, value);
    return object;
  }

  static JsonObject status(StatusResponse status) {
    JsonObject json = new JsonObject();
    json.addProperty("version", status.getVersion());
    json.addProperty("pid", status.getPid());
    if (status.hasUnlocked()) {
      json.add("unlocked", unlocked(status.getUnlocked()));
    } else {
      JsonObject sealed = new JsonObject();
      sealed.addProperty("since", Times.iso(status.getSealed().getSinceMs()));
      sealed.addProperty("why", status.getSealed().getWhy());
      json.add("sealed", sealed);
    }
    json.addProperty("software_key", status.getSoftwareKey());
    JsonArray trees = new JsonArray();
    status.getTreesList().forEach(tree -> trees.add(tree(tree)));
    json.add("trees", trees);
    json.add("bundles", bundles(status.getBundlesList()));
    JsonObject tunnel = new JsonObject();
    tunnel.addProperty("address", status.getTunnelAddress());
    tunnel.addProperty("open", status.getTunnelOpen());
    tunnel.addProperty("host_key", status.getTunnelHostKey());
    json.add("tunnel", tunnel);
    return json;
  }

  static JsonObject unlocked(Unlocked unlocked) {
    JsonObject json = new JsonObject();
    json.addProperty("key", unlocked.getKey());
    json.addProperty("since", Times.iso(unlocked.getSinceMs()));
    json.addProperty("until", Times.iso(unlocked.getUntilMs()));
    json.addProperty("idle_until", Times.iso(unlocked.getIdleUntilMs()));
    return json;
  }

  private static JsonObject tree(TreeStatus tree) {
    JsonObject json = new JsonObject();
    json.addProperty("name", tree.getName());
    json.addProperty("path", tree.getPath());
    json.addProperty("initialised", tree.getInitialised());
    json.addProperty("files", tree.getFiles());
    json.addProperty("hosts", tree.getHosts());
    json.addProperty("users", tree.getUsers());
    json.addProperty("problem", tree.getProblem());
    return json;
  }

  static JsonArray bundles(List<BundleStatus> bundles) {
    JsonArray json = new JsonArray();
    bundles.forEach(bundle -> json.add(bundle(bundle)));
    return json;
  }

  static JsonObject bundle(BundleStatus bundle) {
    JsonObject json = new JsonObject();
    json.addProperty("id", bundle.getId());
    json.addProperty("tree", bundle.getTree());
    json.addProperty("host", bundle.getHost());
    json.addProperty("state", bundle.getState().name());
    json.addProperty("issued", Times.iso(bundle.getIssuedMs()));
    json.addProperty("expires", Times.iso(bundle.getExpiresMs()));
    json.addProperty("phase", bundle.getPhase());
    return json;
  }

  static JsonObject plan(InitPlan plan) {
    JsonObject json = new JsonObject();
    json.addProperty("tree_path", plan.getTreePath());
    json.addProperty("sops_config", plan.getSopsConfig());
    json.addProperty("rules", plan.getRules());
    json.addProperty("encrypted_files", plan.getEncryptedFiles());
    json.addProperty("hardware_key", plan.getHardwareKey());
    json.addProperty("slot", plan.getSlot());
    json.addProperty("software_key", plan.getSoftwareKey());
    json.addProperty("recovery_file", plan.getRecoveryFile());
    return json;
  }

  static JsonObject plan(Plan plan) {
    JsonObject json = new JsonObject();
    json.addProperty("tree", plan.getTree());
    json.addProperty("host", plan.getHost());
    json.add("users", strings(plan.getUsersList()));
    json.addProperty("unchanged", plan.getUnchanged());
    json.addProperty("commit", plan.getCommit());
    JsonArray files = new JsonArray();
    plan.getNewFilesList().forEach(file -> files.add(file(file)));
    json.add("new_files", files);
    json.addProperty("sops_config", plan.getSopsConfig());
    json.add("new_anchors", strings(plan.getNewAnchorsList()));
    json.add("new_rules", strings(plan.getNewRulesList()));
    json.add("gains", accesses(plan.getGainsList()));
    json.add("loses", accesses(plan.getLosesList()));
    json.add("transitive", strings(plan.getTransitiveList()));
    json.add("rekeyed", strings(plan.getRekeyedList()));
    return json;
  }

  private static JsonObject file(NewFile file) {
    JsonObject json = new JsonObject();
    json.addProperty("path", file.getPath());
    json.add("keys", strings(file.getKeysList()));
    json.add("readers", strings(file.getReadersList()));
    return json;
  }

  private static JsonArray accesses(List<Access> accesses) {
    JsonArray json = new JsonArray();
    for (Access access : accesses) {
      JsonObject entry = new JsonObject();
      entry.addProperty("recipient", access.getRecipient());
      entry.add("files", strings(access.getFilesList()));
      json.add(entry);
    }
    return json;
  }

  static JsonObject event(WatchEvent event) {
    JsonObject json = new JsonObject();
    json.addProperty("at", Times.iso(event.getAtMs()));
    json.addProperty("bundle", event.getBundleId());
    json.addProperty("host", event.getHost());
    switch (event.getEventCase()) {
      case STATE -> json.addProperty("state", event.getState().name());
      case PHASE -> {
        json.addProperty("phase", event.getPhase().getPhase().name());
        json.addProperty("phase_state", event.getPhase().getState().name());
        json.addProperty("detail", event.getPhase().getDetail());
      }
      case OUTPUT -> {
        json.addProperty("phase", event.getOutput().getPhase().name());
        json.addProperty("stderr", event.getOutput().getStderr());
        json.addProperty("output", event.getOutput().getText());
      }
      case EVENT_NOT_SET -> {
        // An event newer than this nbctl: its time and host are all that can be said.
      }
    }
    return json;
  }

  private static JsonArray strings(List<String> texts) {
    JsonArray json = new JsonArray();
    texts.forEach(json::add);
    return json;
  }
}
