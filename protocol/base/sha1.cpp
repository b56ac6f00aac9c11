#include "protocol/base/sha1.hpp"

#include <openssl/evp.h>

#include "protocol/base/assert.hpp"

namespace ff {

std::array<std::uint8_t, 20> sha1(ByteView bytes) {
  std::array<std::uint8_t, 20> digest{};
  unsigned int size = 0;
  FF_ASSERT(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  FF_ASSERT(size == digest.size());
  return digest;
}

}  // namespace ff
