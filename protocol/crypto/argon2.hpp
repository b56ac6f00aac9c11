// Argon2id, for passwords that people choose. [RFC 9106] Not for tokens, which are long enough as
// they are.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::crypto {

struct Argon2Cost {
  std::uint32_t memory_kib = 0;  // 8 for each lane, at least
  std::uint32_t passes = 0;      // at least 1
  std::uint32_t lanes = 0;       // at least 1

  bool operator==(const Argon2Cost&) const = default;
};

/// 32 bytes, version 0x13. `salt` has 8 bytes at least. Nothing when the memory can not be had, or
/// for a cost or salt that the algorithm does not know. Takes as long as its cost says.
std::optional<Sha256Digest> argon2id(ByteView secret, ByteView salt, const Argon2Cost& cost);

}  // namespace ff::crypto
