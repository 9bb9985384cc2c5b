package nixbroker.sops;

/**
 * The 32 bytes one sops file is encrypted with (class B): copied in, wiped on close, never printed.
 */
public final class DataKey implements AutoCloseable {
  private DataKey() {}

  public static DataKey random() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
