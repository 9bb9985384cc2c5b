package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.SecretPage;

/**
 * {@code AGE-SECRET-KEY-1…}: its scalar in a page, every operation in libcrypto. Any thread may use
 * it; close waits for the operations under way.
 */
public final class X25519Identity implements Identity {
  private static final String PREFIX = "AGE-SECRET-KEY-";
  private static final int KEY = X25519Recipient.KEY;

  private final SecretPage scalar;
  private final X25519Recipient recipient;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private X25519Identity(SecretPage scalar, X25519Recipient recipient) {
    this.scalar = scalar;
    this.recipient = recipient;
  }

  /** Puts 32 bytes of a scalar into the segment. */
  @FunctionalInterface
  private interface Source {
    void fill(MemorySegment scalar) throws AgeException.Key;
  }

  private static X25519Identity of(Source source) throws AgeException.Key {
    SecretPage scalar = SecretPage.allocate(KEY);
    boolean made = false;
    try {
      source.fill(scalar.segment());
      byte[] point = new byte[KEY];
      LibCrypto.x25519Public(scalar.segment(), MemorySegment.ofArray(point));
      made = true;
      return new X25519Identity(scalar, X25519Recipient.ofPoint(point));
    } finally {
      if (!made) {
        scalar.close();
      }
    }
  }

  public static X25519Identity generate() {
    return ofAnyScalar(LibCrypto::random);
  }

  /**
   * Parses the first identity line of an identity file (comments and empty lines skipped, LF or
   * CRLF) without a copy on the heap; the page stays the caller's.
   *
   * @throws AgeException.Key when there is none, or the first is of another type
   */
  public static X25519Identity parse(SecretPage identityFile) throws AgeException {
    return parse(identityFile.segment());
  }

  /** Class B form: ASCII, the caller wipes it. */
  public static X25519Identity parse(byte[] identityFile) throws AgeException {
    return parse(MemorySegment.ofArray(identityFile));
  }

  private static X25519Identity parse(MemorySegment file) throws AgeException.Key {
    MemorySegment line = IdentityLine.first(file);
    if (line.byteSize() != Bech32.textLength(PREFIX, KEY)) {
      throw new AgeException.Key("the first line of an identity file is not AGE-SECRET-KEY-1…");
    }
    return of(scalar -> Bech32.decode(PREFIX, line, scalar));
  }

  /** The identity ssh-to-age prints for this 32-byte Ed25519 seed: the scalar is not clamped. */
  public static X25519Identity ofSshEd25519Seed(byte[] seed) {
    if (seed.length != KEY) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes");
    }
    return ofAnyScalar(
        scalar -> {
          try (SecretPage hash = SecretPage.allocateConfined(64)) {
            LibCrypto.sha512(MemorySegment.ofArray(seed), hash.segment());
            scalar.copyFrom(hash.segment().asSlice(0, KEY));
          }
        });
  }

  private static X25519Identity ofAnyScalar(java.util.function.Consumer<MemorySegment> source) {
    try {
      return of(source::accept);
    } catch (AgeException.Key e) {
      throw new AssertionError("every 32 bytes are a scalar", e);
    }
  }

  public X25519Recipient recipient() {
    return recipient;
  }

  /** "AGE-SECRET-KEY-1…" (74 ASCII characters, no line end) in a page the caller closes. */
  public SecretPage encoded() {
    SecretPage text = SecretPage.allocate(Bech32.textLength(PREFIX, KEY));
    encode(text.segment());
    return text;
  }

  /** The same for a class B key: the caller wipes it. */
  public byte[] encodedBytes() {
    byte[] text = new byte[Bech32.textLength(PREFIX, KEY)];
    encode(MemorySegment.ofArray(text));
    return text;
  }

  private void encode(MemorySegment text) {
    lock.readLock().lock();
    try {
      Bech32.encode(PREFIX, scalar.segment(), text);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * @throws AgeException.Header when an X25519 stanza is malformed or its share has low order
   * @throws IllegalStateException after close
   */
  @Override
  public Optional<FileKey> unwrap(List<Stanza> stanzas) throws AgeException {
    for (Stanza stanza : stanzas) {
      if (stanza.type().equals(X25519Recipient.TYPE)) {
        Optional<FileKey> key = open(share(stanza), stanza.body());
        if (key.isPresent()) {
          return key;
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] share(Stanza stanza) throws AgeException.Header {
    if (stanza.arguments().size() != 2 || stanza.body().length != FileKey.WRAPPED) {
      throw malformed();
    }
    return B64.decode(stanza.arguments().get(1))
        .filter(share -> share.length == KEY)
        .orElseThrow(X25519Identity::malformed);
  }

  private Optional<FileKey> open(byte[] share, byte[] body) throws AgeException {
    return FileKey.unwrap(
        body,
        (shared, wrapKey) -> {
          if (!agree(MemorySegment.ofArray(share), shared)) {
            throw new AgeException.Header("the share of an X25519 stanza has low order");
          }
          recipient.wrapKey(shared, share, wrapKey);
        });
  }

  private boolean agree(MemorySegment share, MemorySegment shared) {
    lock.readLock().lock();
    try {
      return LibCrypto.x25519(scalar.segment(), recipient.segment(), share, shared);
    } finally {
      lock.readLock().unlock();
    }
  }

  private static AgeException.Header malformed() {
    return new AgeException.Header("an X25519 stanza is malformed");
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      scalar.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "X25519Identity[" + recipient + "]";
  }
}
