package nixbroker.cli;

import java.util.ArrayList;
import java.util.List;
import nixbroker.proto.v1.Access;
import nixbroker.proto.v1.NewFile;
import nixbroker.proto.v1.Plan;

/** A mint's plan for the eye: who gains and who loses access to what. */
final class MintPlan {
  private static final int WIDEST_LINE = 120;

  private final List<String> lines = new ArrayList<>();

  private MintPlan() {}

  static List<String> lines(Plan plan) {
    MintPlan page = new MintPlan();
    boolean known = !plan.getNewAnchorsList().contains("host_" + plan.getHost());
    page.lines.add("plan for " + plan.getHost() + (known ? " (has keys already)" : " (new host)"));
    page.files(plan);
    page.lines.add("");
    page.readers(plan);
    page.access("gains access", plan.getGainsList());
    plan.getTransitiveList().forEach(line -> page.lines.add("    and so, as root: " + line));
    page.access("loses access", plan.getLosesList());
    page.lines.add("");
    page.lines.add("  " + summary(plan));
    return page.lines;
  }

  private void files(Plan plan) {
    List<String> paths = new ArrayList<>();
    plan.getNewFilesList().forEach(file -> paths.add(file.getPath()));
    paths.add(plan.getSopsConfig());
    int width = Text.widest(paths);
    String label = "  new    ";
    for (NewFile file : plan.getNewFilesList()) {
      lines.add(
          label + Text.pad(file.getPath(), width) + "   " + String.join(", ", file.getKeysList()));
      label = "         ";
    }
    String rules = rules(plan);
    if (!rules.isEmpty()) {
      lines.add("  rules  " + Text.pad(plan.getSopsConfig(), width) + "   " + rules);
    }
  }

  private void readers(Plan plan) {
    List<Access> readers =
        plan.getNewFilesList().stream()
            .filter(file -> file.getReadersCount() > 0)
            .map(
                file ->
                    Access.newBuilder()
                        .setRecipient(file.getPath())
                        .addAllFiles(file.getReadersList())
                        .build())
            .toList();
    if (!readers.isEmpty()) {
      access("new files are read by", readers);
    }
  }

  private static String rules(Plan plan) {
    List<String> parts = new ArrayList<>();
    plan.getNewAnchorsList().forEach(anchor -> parts.add("+ &" + anchor));
    if (plan.getNewRulesCount() > 0) {
      parts.add("+ " + Text.count(plan.getNewRulesCount(), "rule"));
    }
    return String.join("  ", parts);
  }

  private void access(String title, List<Access> accesses) {
    lines.add("  " + title);
    if (accesses.isEmpty()) {
      lines.add("    nobody");
    }
    int width = Text.widest(accesses.stream().map(Access::getRecipient).toList());
    for (Access access : accesses) {
      String start = "    " + Text.pad(access.getRecipient(), width) + "   ";
      for (String line : wrapped(access.getFilesList(), WIDEST_LINE - start.length())) {
        lines.add(start + line);
        start = " ".repeat(start.length());
      }
    }
  }

  private static List<String> wrapped(List<String> items, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      String item = items.get(i) + (i + 1 < items.size() ? "," : "");
      if (!line.isEmpty() && line.length() + 1 + item.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(item);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String summary(Plan plan) {
    return Text.count(plan.getRekeyedCount(), "file")
        + " rekeyed, "
        + plan.getNewFilesCount()
        + " created, 1 commit. nothing was changed (--dry-run).";
  }
}
