package nixbroker.age;

/** The 16 random bytes of one age file, in a page. */
public final class FileKey implements AutoCloseable {
  private FileKey() {}

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
