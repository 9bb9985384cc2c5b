package nixbroker.age;

import java.util.List;
import java.util.Optional;

public final class ScryptIdentity implements Identity {
  public ScryptIdentity(byte[] passphrase, int maxLogN) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
