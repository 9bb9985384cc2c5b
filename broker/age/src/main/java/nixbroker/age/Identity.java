package nixbroker.age;

import java.util.List;
import java.util.Optional;

/** What opens age files. */
public interface Identity extends AutoCloseable {
  /** The file key, or empty when none of the stanzas is for this identity. */
  Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException;

  @Override
  void close();
}
