#include "net/tls/lifetime.hpp"

#include <openssl/crypto.h>

namespace ff::net::tls {

void keep_openssl_until_process_ends() noexcept {
  // Fails only without memory, and then nothing is different from a process that did not ask.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

}  // namespace ff::net::tls
