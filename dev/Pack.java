import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies jars into a folder in the form that starts fastest: without signatures (the JVM archives no class of a signed
 * jar) and without compression. Arguments: the folder, then the jars. A copy as new as its source stays; what is not
 * named goes.
 */
final class Pack {
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    removeOthers(folder, arguments);
    for (int i = 1; i < arguments.length; i++) {
      Path source = Path.of(arguments[i]);
      Path target = folder.resolve(source.getFileName());
      if (Files.notExists(target)
          || Files.getLastModifiedTime(target).compareTo(Files.getLastModifiedTime(source)) < 0) {
        copy(source, target);
      }
    }
  }

  private static void removeOthers(Path folder, String[] arguments) throws IOException {
    var names = Stream.of(arguments).skip(1).map(jar -> Path.of(jar).getFileName()).toList();
    try (Stream<Path> present = Files.list(folder)) {
      for (Path other : present.filter(file -> !names.contains(file.getFileName())).toList()) {
        Files.delete(other);
      }
    }
  }

  private static void copy(Path source, Path target) throws IOException {
    Path partial = target.resolveSibling(target.getFileName() + ".part");
    try (JarFile jar = new JarFile(source.toFile(), false);
        OutputStream file = Files.newOutputStream(partial);
        ZipOutputStream out = new ZipOutputStream(file)) {
      if (jar.getManifest() != null) {
        store(out, JarFile.MANIFEST_NAME, withoutDigests(jar.getManifest()));
      }
      for (JarEntry entry : jar.stream().filter(Pack::isKept).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          store(out, entry.getName(), in.readAllBytes());
        }
      }
    }
    Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isKept(JarEntry entry) {
    String name = entry.getName();
    return !entry.isDirectory()
        && !name.equals(JarFile.MANIFEST_NAME)
        && !name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  }

  private static byte[] withoutDigests(Manifest manifest) throws IOException {
    manifest.getEntries().values().removeIf(Pack::isOnlyDigests);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    return bytes.toByteArray();
  }

  private static boolean isOnlyDigests(Attributes attributes) {
    return attributes.keySet().stream().allMatch(key -> key.toString().endsWith("-Digest"));
  }

  private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }
}
