package nixbroker.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A folder that only the own user can enter. */
final class PrivateFolder {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private PrivateFolder() {}

  /** Makes it, and what is missing above it, as 0700; one that is open to others is refused. */
  static void make(Path folder) {
    try {
      Files.createDirectories(folder, OWNER_ONLY);
      requirePrivate(folder);
    } catch (IOException e) {
      throw new StartFailure(
          StartFailure.REFUSED,
          "the folder " + folder + " cannot be made (" + e.getClass().getSimpleName() + ")",
          "ls -ld " + folder.getParent());
    }
  }

  private static void requirePrivate(Path folder) throws IOException {
    var attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      requirePrivate(folder.toRealPath());
      return;
    }
    boolean open =
        attributes.permissions().stream()
            .map(PosixFilePermission::name)
            .anyMatch(name -> !name.startsWith("OWNER_"));
    if (open) {
      throw new StartFailure(
          StartFailure.REFUSED,
          "others can enter the folder "
              + folder
              + " ("
              + PosixFilePermissions.toString(attributes.permissions())
              + ")",
          "chmod 700 " + folder);
    }
  }
}
