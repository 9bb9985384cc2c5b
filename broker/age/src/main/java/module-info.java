/**
 * age files in Java, with what they need: secrets off the heap, and OpenSSL's libcrypto for the
 * keys that count.
 */
module nixbroker.age {
  exports nixbroker.age;
  exports nixbroker.secret;
}
