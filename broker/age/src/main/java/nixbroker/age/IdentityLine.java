package nixbroker.age;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Finds the identity in an identity file without copying any of it. */
final class IdentityLine {
  private static final int LIMIT = 1 << 24;

  private IdentityLine() {}

  /** The first line that is neither empty nor a comment, without its LF or CRLF. */
  static MemorySegment first(MemorySegment file) throws AgeException.Key {
    if (file.byteSize() > LIMIT) {
      throw new AgeException.Key("an identity file is larger than 16 MiB");
    }
    long at = 0;
    while (at < file.byteSize()) {
      long end = lineEnd(file, at);
      long stop = end > at && file.get(JAVA_BYTE, end - 1) == '\r' ? end - 1 : end;
      if (stop > at && file.get(JAVA_BYTE, at) != '#') {
        return file.asSlice(at, stop - at);
      }
      at = end + 1;
    }
    throw new AgeException.Key("an identity file holds no identity");
  }

  private static long lineEnd(MemorySegment file, long from) {
    long end = from;
    while (end < file.byteSize() && file.get(JAVA_BYTE, end) != '\n') {
      end++;
    }
    return end;
  }
}
