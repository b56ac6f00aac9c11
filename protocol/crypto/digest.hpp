// Digests for credentials: SHA-256, PBKDF2 over it, and comparison that does not tell where two
// texts differ. Not for frames; see cmac.hpp.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(ByteView data);
/// PBKDF2 with HMAC-SHA256 [RFC 8018]. `iterations` is at least 1.
Sha256Digest pbkdf2_sha256(ByteView secret, ByteView salt, std::uint32_t iterations);
/// In time that depends on the sizes only.
bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace ff::crypto
