package nixbroker.secret;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static nixbroker.secret.LibCryptoLibrary.bind;
import static nixbroker.secret.LibCryptoLibrary.bindVoid;
import static nixbroker.secret.LibCryptoLibrary.brief;
import static nixbroker.secret.LibCryptoLibrary.variadic;

import java.lang.invoke.MethodHandle;

/** The functions of libcrypto 3 that LibCrypto calls, bound when this class is first used. */
final class LibCryptoFunctions {
  static final MethodHandle RAND_PRIV_BYTES = brief("RAND_priv_bytes", JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle CRYPTO_MEMCMP =
      brief("CRYPTO_memcmp", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle ERR_CLEAR = bindVoid("ERR_clear_error");

  static final MethodHandle PKEY_NEW = bind("EVP_PKEY_new", ADDRESS);
  static final MethodHandle PKEY_FREE = bindVoid("EVP_PKEY_free", ADDRESS);
  static final MethodHandle PKEY_PRIVATE =
      bind("EVP_PKEY_new_raw_private_key", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle PKEY_OF_TYPE =
      bind("EVP_PKEY_CTX_new_from_name", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle PKEY_DATA_INIT = bind("EVP_PKEY_fromdata_init", JAVA_INT, ADDRESS);
  static final MethodHandle PKEY_DATA =
      bind("EVP_PKEY_fromdata", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle PKEY_KEYGEN =
      variadic(3, "EVP_PKEY_Q_keygen", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle PKEY_COPY_PARAMETERS =
      bind("EVP_PKEY_copy_parameters", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle PKEY_SET_PUBLIC =
      bind("EVP_PKEY_set1_encoded_public_key", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle PKEY_GET_PUBLIC =
      bind(
          "EVP_PKEY_get_octet_string_param",
          JAVA_INT,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          JAVA_LONG,
          ADDRESS);
  static final MethodHandle DERIVE_NEW = bind("EVP_PKEY_CTX_new", ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle CONTEXT_FREE = bindVoid("EVP_PKEY_CTX_free", ADDRESS);
  static final MethodHandle DERIVE_INIT = bind("EVP_PKEY_derive_init", JAVA_INT, ADDRESS);
  static final MethodHandle DERIVE_PEER =
      bind("EVP_PKEY_derive_set_peer", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle DERIVE = bind("EVP_PKEY_derive", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle MAC_FETCH = bind("EVP_MAC_fetch", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle MAC_NEW = bind("EVP_MAC_CTX_new", ADDRESS, ADDRESS);
  static final MethodHandle MAC_FREE = bindVoid("EVP_MAC_CTX_free", ADDRESS);
  static final MethodHandle MAC_INIT =
      bind("EVP_MAC_init", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
  static final MethodHandle MAC_UPDATE =
      brief("EVP_MAC_update", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle MAC_FINAL =
      brief("EVP_MAC_final", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);

  static final MethodHandle CIPHER_FETCH =
      bind("EVP_CIPHER_fetch", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle CIPHER_NEW = bind("EVP_CIPHER_CTX_new", ADDRESS);
  static final MethodHandle CIPHER_FREE = bindVoid("EVP_CIPHER_CTX_free", ADDRESS);
  static final MethodHandle CIPHER_INIT =
      bind("EVP_CipherInit_ex2", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle CIPHER_CONTROL =
      brief("EVP_CIPHER_CTX_ctrl", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle CIPHER_UPDATE =
      brief("EVP_CipherUpdate", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  static final MethodHandle CIPHER_FINAL =
      bind("EVP_CipherFinal_ex", JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

  static final MethodHandle DIGEST_FETCH = bind("EVP_MD_fetch", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle DIGEST =
      brief("EVP_Digest", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  static final MethodHandle SCRYPT =
      bind(
          "EVP_PBE_scrypt",
          JAVA_INT,
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG);

  private LibCryptoFunctions() {}
}
