package nixbroker.rules;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A package as its package-info describes it. */
record Room(String packageName, List<String> lines, Set<String> mayImport) {
  private static final String IMPORTS = "/// May import: ";

  /** Every room may name a refusal, a checked name and a page. */
  private static final Set<String> EVERYWHERE = Set.of("refusal", "policy", "secret");

  static Room of(Sources.Source packageInfo) {
    List<String> lines = packageInfo.text().lines().filter(l -> l.startsWith("///")).toList();
    String imports =
        lines.stream()
            .filter(line -> line.startsWith(IMPORTS))
            .findFirst()
            .map(line -> line.substring(IMPORTS.length()).replaceAll("\\.$", ""))
            .orElse("");
    Set<String> rooms =
        imports.equals("nothing")
            ? Set.of()
            : Arrays.stream(imports.split(",\\s*"))
                .map(Room::shortName)
                .collect(Collectors.toUnmodifiableSet());
    return new Room(packageInfo.packageName(), lines, rooms);
  }

  static List<Room> all() {
    return Sources.all().stream()
        .filter(source -> source.name().equals("package-info.java"))
        .map(Room::of)
        .toList();
  }

  /** {@code nixbroker.daemon.tree} is tree; everything generated from the contract is proto. */
  static String shortName(String packageName) {
    return packageName.startsWith("nixbroker.proto")
        ? "proto"
        : packageName.substring(packageName.lastIndexOf('.') + 1).strip();
  }

  boolean isDescribedInThreeLines() {
    return lines.size() == 3 && lines.get(1).startsWith(IMPORTS) && lines.get(1).endsWith(".");
  }

  boolean allows(String otherPackage) {
    return otherPackage.equals(packageName)
        || EVERYWHERE.contains(shortName(otherPackage))
        || mayImport.contains(shortName(otherPackage));
  }
}
