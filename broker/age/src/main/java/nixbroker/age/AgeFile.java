package nixbroker.age;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nixbroker.secret.LibCrypto;
import nixbroker.secret.SecretPage;

/** Whole age files in memory. Nothing of a payload is released unless all of it is authentic. */
public final class AgeFile {
  private AgeFile() {}

  /**
   * A binary age file.
   *
   * @throws AgeException.Key when a recipient cannot be wrapped to, or a passphrase is not alone
   */
  public static byte[] encrypt(byte[] plaintext, List<? extends Recipient> to) throws AgeException {
    return encrypt(MemorySegment.ofArray(plaintext), to);
  }

  /** The same for class A plaintext. */
  public static byte[] encrypt(SecretPage plaintext, List<? extends Recipient> to)
      throws AgeException {
    return encrypt(plaintext.segment(), to);
  }

  /**
   * Binary or armored. The caller wipes the result.
   *
   * @throws AgeException its kind says what is wrong; the identity stays open
   */
  public static byte[] decrypt(byte[] file, Identity with) throws AgeException {
    return decrypt(file, List.of(with));
  }

  /** The same, with the first that opens it: keys held here, then those that ask a device. */
  public static byte[] decrypt(byte[] file, List<? extends Identity> with) throws AgeException {
    return open(
        file,
        with,
        (key, ciphertext, length) -> {
          byte[] plain = new byte[length];
          Payload.open(key, ciphertext, MemorySegment.ofArray(plain));
          return plain;
        });
  }

  /** The same into a page that any thread may close (class A). */
  public static SecretPage decryptToPage(byte[] file, Identity with) throws AgeException {
    return open(
        file,
        List.of(with),
        (key, ciphertext, length) -> {
          SecretPage plain = SecretPage.allocate(length);
          boolean authentic = false;
          try {
            Payload.open(key, ciphertext, plain.segment());
            authentic = true;
            return plain;
          } finally {
            if (!authentic) {
              plain.close();
            }
          }
        });
  }

  /** The stanzas of a binary or armored file's header, in order; nothing is authenticated. */
  public static List<Stanza> stanzas(byte[] file) throws AgeException {
    return Header.parse(binary(file)).stanzas();
  }

  /** The text form, its last line ended. */
  public static byte[] armor(byte[] binary) {
    return Armor.encode(binary);
  }

  /**
   * The binary form of a text form.
   *
   * @throws AgeException.Armor for anything but one block with white space around it
   */
  public static byte[] dearmor(byte[] armored) throws AgeException {
    return Armor.decode(armored);
  }

  @FunctionalInterface
  private interface Opener<T> {
    T open(MemorySegment key, MemorySegment ciphertext, int plainLength) throws AgeException;
  }

  private static byte[] encrypt(MemorySegment plaintext, List<? extends Recipient> to)
      throws AgeException {
    requireCompatible(to);
    try (FileKey key = FileKey.random()) {
      List<Stanza> stanzas = new ArrayList<>();
      for (Recipient recipient : to) {
        stanzas.add(recipient.wrap(key));
      }
      byte[] header = Header.of(stanzas, key).toBytes();
      long sealedLength = Payload.sealedLength(plaintext.byteSize());
      byte[] file =
          Arrays.copyOf(header, Math.toIntExact(header.length + Payload.NONCE + sealedLength));
      MemorySegment rest = MemorySegment.ofArray(file).asSlice(header.length);
      MemorySegment nonce = rest.asSlice(0, Payload.NONCE);
      LibCrypto.random(nonce);
      Payload.seal(key.payloadKey(nonce), plaintext, rest.asSlice(Payload.NONCE));
      return file;
    }
  }

  private static void requireCompatible(List<? extends Recipient> to) throws AgeException.Key {
    if (to.isEmpty()) {
      throw new AgeException.Key("an age file needs a recipient");
    }
    if (to.size() > 1 && to.stream().anyMatch(ScryptRecipient.class::isInstance)) {
      throw new AgeException.Key("a passphrase must be the only recipient of an age file");
    }
  }

  private static <T> T open(byte[] file, List<? extends Identity> with, Opener<T> opener)
      throws AgeException {
    byte[] binary = binary(file);
    Header header = Header.parse(binary);
    try (FileKey key = fileKey(header.stanzas(), with)) {
      header.verify(key);
      MemorySegment rest = MemorySegment.ofArray(binary).asSlice(header.length());
      if (rest.byteSize() < Payload.NONCE) {
        throw new AgeException.Header("the file ends before its payload");
      }
      MemorySegment ciphertext = rest.asSlice(Payload.NONCE);
      int length = Math.toIntExact(Payload.plainLength(ciphertext.byteSize()));
      return opener.open(key.payloadKey(rest.asSlice(0, Payload.NONCE)), ciphertext, length);
    }
  }

  private static FileKey fileKey(List<Stanza> stanzas, List<? extends Identity> with)
      throws AgeException {
    for (Identity identity : heldHereFirst(with)) {
      Optional<FileKey> key = identity.unwrap(stanzas);
      if (key.isPresent()) {
        return key.get();
      }
    }
    throw new AgeException.NoMatch("no identity opens this file");
  }

  private static List<Identity> heldHereFirst(List<? extends Identity> with) {
    List<Identity> ordered = new ArrayList<>(with);
    ordered.sort(Comparator.comparing(identity -> !isHeldHere(identity)));
    return ordered;
  }

  private static boolean isHeldHere(Identity identity) {
    return identity instanceof X25519Identity || identity instanceof ScryptIdentity;
  }

  private static byte[] binary(byte[] file) throws AgeException.Armor {
    return Armor.isArmored(file) ? Armor.decode(file) : file;
  }
}
