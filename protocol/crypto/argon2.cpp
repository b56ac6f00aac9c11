#include "protocol/crypto/argon2.hpp"

#include <argon2.h>

namespace ff::crypto {

std::optional<Sha256Digest> argon2id(ByteView secret, ByteView salt, const Argon2Cost& cost) {
  Sha256Digest out{};
  const int status =
      argon2id_hash_raw(cost.passes, cost.memory_kib, cost.lanes, secret.data(), secret.size(),
                        salt.data(), salt.size(), out.data(), out.size());
  if (status != ARGON2_OK) return std::nullopt;
  return out;
}

}  // namespace ff::crypto
