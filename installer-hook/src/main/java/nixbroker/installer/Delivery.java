package nixbroker.installer;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import nixbroker.age.AgeException;
import nixbroker.age.AgeFile;
import nixbroker.age.X25519Identity;
import nixbroker.proto.v1.Bundle;
import nixbroker.proto.v1.PlacedFile;

/**
 * The fetched bundle: kept as the ciphertext it came as, and opened with the ephemeral identity
 * only for the length of a use.
 */
final class Delivery {
  private static final int FORMAT = 1;

  private final byte[] ciphertext;
  private final X25519Identity identity;
  private final byte[] receipt;
  private final int files;

  /** What is done with an open bundle; must keep nothing of it. */
  interface Use {
    void of(Bundle bundle) throws Failure;
  }

  private Delivery(byte[] ciphertext, X25519Identity identity, byte[] receipt, int files) {
    this.ciphertext = ciphertext;
    this.identity = identity;
    this.receipt = receipt;
    this.files = files;
  }

  /** Opens and checks what was fetched. The identity stays the caller's. */
  static Delivery of(byte[] ciphertext, X25519Identity identity, String host) throws Failure {
    byte[] plaintext = decrypt(ciphertext, identity);
    try {
      Bundle bundle = parse(plaintext);
      check(bundle, host);
      return new Delivery(ciphertext, identity, sha256(plaintext), bundle.getFilesCount());
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  void open(Use use) throws Failure {
    byte[] plaintext = decrypt(ciphertext, identity);
    try {
      use.of(parse(plaintext));
    } finally {
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** SHA-256 of the plaintext: proves to the broker that it was opened. */
  byte[] receipt() {
    return receipt.clone();
  }

  int files() {
    return files;
  }

  private static byte[] decrypt(byte[] ciphertext, X25519Identity identity) throws Failure {
    try {
      return AgeFile.decrypt(ciphertext, identity);
    } catch (AgeException e) {
      throw Failure.defect(
          "the bundle does not open: " + e.getMessage(), "use nb-install of the broker's version");
    }
  }

  /** The message's fields are views of the plaintext, so that wiping it wipes them. */
  private static Bundle parse(byte[] plaintext) throws Failure {
    ByteString view = UnsafeByteOperations.unsafeWrap(plaintext);
    CodedInputStream in = view.newCodedInput();
    in.enableAliasing(true);
    try {
      return Bundle.parseFrom(in);
    } catch (IOException e) {
      throw malformed("it is not one");
    }
  }

  private static void check(Bundle bundle, String host) throws Failure {
    if (bundle.getFormat() != FORMAT) {
      throw malformed("only format 1 is known");
    }
    if (!bundle.getHost().equals(host)) {
      throw malformed("it is for another host than the ticket");
    }
    if (bundle.getFilesCount() == 0 || bundle.getDiskPassphrase().isEmpty()) {
      throw malformed("files or the disk passphrase are missing");
    }
    Set<String> paths = new HashSet<>();
    for (PlacedFile file : bundle.getFilesList()) {
      if (!TargetRoot.isPlain(file.getPath()) || !paths.add(file.getPath())) {
        throw malformed("the path of a file is not plain");
      }
      if ((file.getMode() & ~0777) != 0) {
        throw malformed("the mode of a file is not plain");
      }
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Failure malformed(String why) {
    return Failure.defect(
        "the bundle is malformed: " + why, "use nb-install of the broker's version");
  }
}
