#include "protocol/crypto/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "protocol/base/assert.hpp"

namespace ff::crypto {

Sha256Digest sha256(ByteView data) {
  Sha256Digest out;
  SHA256(data.data(), data.size(), out.data());
  return out;
}

Sha256Digest pbkdf2_sha256(ByteView secret, ByteView salt, std::uint32_t iterations) {
  Sha256Digest out;
  const auto text = as_text(secret);
  const int ok = PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(),
                                   static_cast<int>(salt.size()), static_cast<int>(iterations),
                                   EVP_sha256(), static_cast<int>(out.size()), out.data());
  FF_ASSERT(ok == 1);
  return out;
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ff::crypto
