import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
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
 * jar), without compression, and with classes of Java 5 brought to the form of Java 8 (older ones are neither archived
 * nor verified by the fast verifier). Arguments: the folder, then the jars. A copy as new as its source stays; what is
 * not named goes.
 */
final class Pack {
  private static final int OLDEST_ARCHIVED = ClassFile.JAVA_6_VERSION;

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
          byte[] content = in.readAllBytes();
          boolean isClass = entry.getName().endsWith(".class");
          store(out, entry.getName(), isClass ? renewed(content, jar) : content);
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

  private static byte[] renewed(byte[] content, JarFile jar) {
    ClassFile format =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing((ClassDesc name) -> classOf(jar, name))
                    .orElse(ClassHierarchyResolver.defaultResolver())),
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
    ClassModel old = format.parse(content);
    return old.majorVersion() >= OLDEST_ARCHIVED ? content : format.transformClass(old, Pack::renew);
  }

  private static void renew(ClassBuilder builder, ClassElement element) {
    switch (element) {
      case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
      case MethodModel method ->
          builder.transformMethod(
              method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
      case ClassElement other -> builder.with(other);
    }
  }

  private static InputStream classOf(JarFile jar, ClassDesc name) {
    String descriptor = name.descriptorString();
    JarEntry entry = jar.getJarEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
