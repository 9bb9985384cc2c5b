package nixbroker.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What package-info.java says about a room is what the room does. */
class TheRooms {
  private static final Pattern OURS =
      Pattern.compile("\\b(nixbroker(?:\\.[a-z][a-z0-9]*)+)\\.[A-Z]\\w*");

  /** The plaintext of a bundle is a message of the contract; nothing else of it is known there. */
  private static final Set<String> PROTO_IN_BUNDLE = Set.of("Bundle", "PlacedFile");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("nixbroker");

  @Test
  void areDescribedInThreeLines() {
    assertThat(Room.all())
        .filteredOn(room -> !room.isDescribedInThreeLines())
        .extracting(Room::packageName)
        .isEmpty();
  }

  @Test
  void areDescribedEachAndAll() {
    Set<String> described = Room.all().stream().map(Room::packageName).collect(Collectors.toSet());
    assertThat(Sources.all())
        .extracting(Sources.Source::packageName)
        .allSatisfy(name -> assertThat(described).contains(name));
  }

  @Test
  void nameOnlyRoomsThatExist() {
    Set<String> known =
        Room.all().stream()
            .map(room -> Room.shortName(room.packageName()))
            .collect(Collectors.toCollection(TreeSet::new));
    known.add("proto");
    assertThat(Room.all())
        .allSatisfy(room -> assertThat(known).as(room.packageName()).containsAll(room.mayImport()));
  }

  @TestFactory
  Stream<DynamicTest> importWhatTheySay() {
    Map<String, Room> rooms =
        Room.all().stream().collect(Collectors.toMap(Room::packageName, Function.identity()));
    return rooms.values().stream()
        .map(
            room ->
                DynamicTest.dynamicTest(
                    room.packageName(),
                    () -> assertThat(Stream.concat(inCode(room), inText(room))).isEmpty()));
  }

  @Test
  void leaveTheContractToRpc() {
    assertThat(dependencies())
        .filteredOn(d -> d.getTargetClass().getPackageName().startsWith("nixbroker.proto"))
        .filteredOn(d -> !d.getOriginClass().getPackageName().equals("nixbroker.daemon.rpc"))
        .filteredOn(d -> !isBundlesPlaintext(d))
        .extracting(Dependency::getDescription)
        .isEmpty();
  }

  @Test
  void leaveMinaToTheTunnelAndHelidonToConfigurationAndWeb() {
    assertThat(dependencies())
        .filteredOn(
            d ->
                belongsElsewhere(d, "org.apache.sshd", Set.of("nixbroker.daemon.tunnel"))
                    || belongsElsewhere(
                        d, "io.helidon", Set.of("nixbroker.daemon", "nixbroker.daemon.web")))
        .extracting(Dependency::getDescription)
        .isEmpty();
  }

  private static boolean belongsElsewhere(Dependency d, String library, Set<String> rooms) {
    return d.getTargetClass().getPackageName().startsWith(library)
        && !rooms.contains(d.getOriginClass().getPackageName());
  }

  private static boolean isBundlesPlaintext(Dependency d) {
    String target = d.getTargetClass().getName();
    String outer = target.substring(target.lastIndexOf('.') + 1).replaceAll("\\$.*", "");
    return d.getOriginClass().getPackageName().equals("nixbroker.daemon.bundle")
        && PROTO_IN_BUNDLE.contains(outer.replace("OrBuilder", ""));
  }

  /** As the compiler left it: also what no import line shows. */
  private static Stream<String> inCode(Room room) {
    return dependencies().stream()
        .filter(d -> d.getOriginClass().getPackageName().equals(room.packageName()))
        .filter(d -> d.getTargetClass().getPackageName().startsWith("nixbroker"))
        .filter(d -> !room.allows(d.getTargetClass().getPackageName()))
        .map(Dependency::getDescription);
  }

  /** As it is written: for the modules that this test has no classes of. */
  private static Stream<String> inText(Room room) {
    return Sources.all().stream()
        .filter(source -> source.packageName().equals(room.packageName()))
        .flatMap(
            source ->
                OURS.matcher(source.code())
                    .results()
                    .map(found -> found.group(1))
                    .filter(name -> !room.allows(name))
                    .map(name -> source.path() + " names " + name));
  }

  private static List<Dependency> dependencies() {
    return CLASSES.stream()
        .filter(c -> !c.getPackageName().startsWith("nixbroker.proto"))
        .map(JavaClass::getDirectDependenciesFromSelf)
        .flatMap(Set::stream)
        .toList();
  }

  @Test
  void showLessThanHalfOfTheirTypes() {
    Pattern type =
        Pattern.compile(
            "(?m)^(public )?(?:(?:final|abstract|sealed|non-sealed) )*"
                + "(?:class|record|interface|enum|@interface) ");
    int all = 0;
    int shown = 0;
    for (Sources.Source source : Sources.all()) {
      if (source.packageName().startsWith("nixbroker.daemon")) {
        Matcher found = type.matcher(source.code());
        while (found.find()) {
          all++;
          shown += found.group(1) == null ? 0 : 1;
        }
      }
    }
    assertThat(shown).as("public of " + all).isLessThanOrEqualTo(all / 2);
  }
}
