package nixbroker.age;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Unencrypted {@code openssh-key-v1} files (OpenSSH PROTOCOL.key) with one Ed25519 key; every array
 * with key bytes is wiped.
 */
final class OpenSshKeyFile {
  private static final byte[] TYPE = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONE = "none".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BEGIN =
      "-----BEGIN OPENSSH PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END =
      "-----END OPENSSH PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 8;
  private static final int LINE = 70;

  private OpenSshKeyFile() {}

  static SshEd25519Key read(byte[] privateKeyFile) throws AgeException {
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

  /** PEM, one line end after it; the caller wipes it. */
  static byte[] write(byte[] seed, byte[] publicKey, String comment) {
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

  /** The public key as SSH sends it. */
  static byte[] publicBlob(byte[] publicKey) {
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
