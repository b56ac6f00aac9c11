#include "protocol/crypto/md5.hpp"

#include <openssl/evp.h>

namespace ff::crypto {

std::array<std::uint8_t, 16> md5(ByteView data) noexcept {
  std::array<std::uint8_t, 16> out{};
  unsigned int size = out.size();
  if (EVP_Digest(data.data(), data.size(), out.data(), &size, EVP_md5(), nullptr) != 1) out.fill(0);
  return out;
}

}  // namespace ff::crypto
