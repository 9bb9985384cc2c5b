package nixbroker.age;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * An Ed25519 SSH key pair (class B): the 32-byte seed, wiped on close, and its 32-byte public key.
 * Reads and writes unencrypted {@code openssh-key-v1} private key files and public key lines.
 */
public final class SshEd25519Key implements AutoCloseable {
  private static final byte[] TYPE = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONE = "none".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BEGIN =
      "-----BEGIN OPENSSH PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END =
      "-----END OPENSSH PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 8;
  private static final int LINE = 70;

  private final byte[] seed;
  private final byte[] publicKey;
  private boolean closed;

  private SshEd25519Key(byte[] seed, byte[] publicKey) {
    this.seed = seed;
    this.publicKey = publicKey;
  }

  /** A new key pair from the system's random numbers. */
  public static SshEd25519Key generate() {
    try {
      var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] spki = pair.getPublic().getEncoded();
      return new SshEd25519Key(seed, Arrays.copyOfRange(spki, spki.length - 32, spki.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is missing from this JDK", e);
    }
  }

  /**
   * Reads an unencrypted OpenSSH private key file (PEM, ASCII); the array stays the caller's.
   *
   * @throws AgeException.Key for another kind of key, an encrypted one, or one that contradicts
   *     itself
   */
  public static SshEd25519Key parse(byte[] privateKeyFile) throws AgeException {
    byte[] blob = unpem(privateKeyFile);
    byte[] section = null;
    try {
      ByteBuffer in = ByteBuffer.wrap(blob);
      byte[] magic = new byte[MAGIC.length];
      take(in, magic);
      if (!Arrays.equals(magic, MAGIC)) {
        throw bad("not an openssh-key-v1 file");
      }
      if (!Arrays.equals(string(in), NONE) || !Arrays.equals(string(in), NONE)) {
        throw bad("it is protected by a passphrase");
      }
      string(in);
      if (number(in) != 1) {
        throw bad("it holds more than one key");
      }
      byte[] outer = publicKeyOf(ByteBuffer.wrap(string(in)));
      section = string(in);
      if (in.hasRemaining()) {
        throw bad("text after the key");
      }
      return ofSection(ByteBuffer.wrap(section), outer);
    } finally {
      Arrays.fill(blob, (byte) 0);
      if (section != null) {
        Arrays.fill(section, (byte) 0);
      }
    }
  }

  private static SshEd25519Key ofSection(ByteBuffer in, byte[] outer) throws AgeException {
    if (number(in) != number(in)) {
      throw bad("its check numbers differ");
    }
    byte[] inner = publicKeyOf(in);
    byte[] both = string(in);
    try {
      string(in);
      for (int i = 1; in.hasRemaining(); i++) {
        if (i >= BLOCK || in.get() != i) {
          throw bad("its padding is wrong");
        }
      }
      if (both.length != 64
          || !Arrays.equals(both, 32, 64, outer, 0, 32)
          || !Arrays.equals(inner, outer)) {
        throw bad("its public and private halves differ");
      }
      return new SshEd25519Key(Arrays.copyOf(both, 32), outer);
    } finally {
      Arrays.fill(both, (byte) 0);
    }
  }

  /** The 32-byte public key. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The recipient that ssh-to-age prints for the public key. */
  public X25519Recipient recipient() throws AgeException {
    return X25519Recipient.ofSshEd25519(publicKey);
  }

  /** The identity that ssh-to-age prints for the private key; the caller closes it. */
  public X25519Identity identity() {
    requireOpen();
    return X25519Identity.ofSshEd25519Seed(seed);
  }

  /** {@code ssh-ed25519 BASE64 comment}, no line end. */
  public String publicKeyLine(String comment) {
    return "ssh-ed25519 "
        + Base64.getEncoder().encodeToString(publicBlob(publicKey))
        + " "
        + comment;
  }

  /** {@code SHA256:} and unpadded Base64, as ssh-keygen -l prints it. */
  public String fingerprint() {
    return fingerprint(publicKey);
  }

  /** The fingerprint of a 32-byte Ed25519 public key. */
  public static String fingerprint(byte[] publicKey) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(publicBlob(publicKey));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }

  /**
   * The private key for {@link java.security.Signature} and SSH servers; the library it goes to
   * keeps copies.
   */
  public EdECPrivateKey toJca() {
    requireOpen();
    try {
      return (EdECPrivateKey)
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed.clone()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Ed25519 is missing from this JDK", e);
    }
  }

  /** The unencrypted private key file (PEM, ASCII, one line end after it); the caller wipes it. */
  public byte[] privateKeyFile(String comment) {
    requireOpen();
    byte[] note = comment.getBytes(StandardCharsets.UTF_8);
    int length = 8 + 4 + TYPE.length + 4 + 32 + 4 + 64 + 4 + note.length;
    ByteBuffer section = ByteBuffer.allocate((length + BLOCK - 1) / BLOCK * BLOCK);
    int check = Arrays.hashCode(publicKey);
    section.putInt(check).putInt(check);
    put(section, TYPE);
    put(section, publicKey);
    section.putInt(64).put(seed).put(publicKey);
    put(section, note);
    for (byte i = 1; section.hasRemaining(); i++) {
      section.put(i);
    }
    byte[] blob = publicBlob(publicKey);
    ByteBuffer all =
        ByteBuffer.allocate(
            MAGIC.length + 8 + 8 + 4 + 4 + 4 + blob.length + 4 + section.capacity());
    all.put(MAGIC);
    put(all, NONE);
    put(all, NONE);
    all.putInt(0).putInt(1);
    put(all, blob);
    put(all, section.array());
    byte[] text = Base64.getEncoder().encode(all.array());
    try {
      return pem(text);
    } finally {
      Arrays.fill(text, (byte) 0);
      Arrays.fill(all.array(), (byte) 0);
      Arrays.fill(section.array(), (byte) 0);
    }
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(seed, (byte) 0);
  }

  @Override
  public String toString() {
    return "SshEd25519Key[" + fingerprint() + "]";
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this SSH key was wiped");
    }
  }

  private static byte[] pem(byte[] base64) {
    int lines = (base64.length + LINE - 1) / LINE;
    ByteBuffer out = ByteBuffer.allocate(BEGIN.length + base64.length + lines + END.length);
    out.put(BEGIN);
    for (int at = 0; at < base64.length; at += LINE) {
      out.put(base64, at, Math.min(LINE, base64.length - at)).put((byte) '\n');
    }
    return out.put(END).array();
  }

  private static byte[] unpem(byte[] file) throws AgeException {
    byte[] body = new byte[file.length];
    int from = BEGIN.length - 1;
    int to = lastIndexOfEnd(file);
    if (to < from || !Arrays.equals(file, 0, from, BEGIN, 0, from)) {
      throw bad("not an OpenSSH private key file");
    }
    int n = 0;
    for (int i = from; i < to; i++) {
      if (file[i] != '\n' && file[i] != '\r') {
        body[n++] = file[i];
      }
    }
    byte[] base64 = Arrays.copyOf(body, n);
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw bad("its Base64 is broken");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(body, (byte) 0);
    }
  }

  private static int lastIndexOfEnd(byte[] file) {
    int length = END.length - 1;
    for (int at = file.length - length; at >= 0; at--) {
      if (Arrays.equals(file, at, at + length, END, 0, length)) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] publicKeyOf(ByteBuffer in) throws AgeException {
    if (!Arrays.equals(string(in), TYPE)) {
      throw bad("not an ssh-ed25519 key");
    }
    byte[] key = string(in);
    if (key.length != 32) {
      throw bad("its public key is not 32 bytes long");
    }
    return key;
  }

  private static byte[] publicBlob(byte[] publicKey) {
    ByteBuffer blob = ByteBuffer.allocate(8 + TYPE.length + publicKey.length);
    put(blob, TYPE);
    put(blob, publicKey);
    return blob.array();
  }

  private static void put(ByteBuffer out, byte[] string) {
    out.putInt(string.length).put(string);
  }

  private static int number(ByteBuffer in) throws AgeException {
    if (in.remaining() < 4) {
      throw bad("it is cut short");
    }
    return in.getInt();
  }

  private static byte[] string(ByteBuffer in) throws AgeException {
    int length = number(in);
    if (length < 0 || length > in.remaining()) {
      throw bad("it is cut short");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static void take(ByteBuffer in, byte[] into) throws AgeException {
    if (in.remaining() < into.length) {
      throw bad("it is cut short");
    }
    in.get(into);
  }

  private static AgeException.Key bad(String why) {
    return new AgeException.Key("not a usable SSH key: " + why);
  }
}
