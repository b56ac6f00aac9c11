// Keyed digests and sealed texts: HMAC-SHA256, and AES-256-GCM for what others keep for us, such as
// cookies. Not for frames, and not for passwords; see cmac.hpp and digest.hpp.
#pragma once

#include <array>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::crypto {

/// [RFC 2104]
Sha256Digest hmac_sha256(ByteView key, ByteView data);

using SealKey = std::array<std::uint8_t, 32>;
using SealNonce = std::array<std::uint8_t, 12>;

/// Nonce, ciphertext, tag of 16 bytes. `nonce` must never repeat under a key: random. `context` is
/// not contained and must be the same when opened.
Bytes seal(const SealKey& key, const SealNonce& nonce, ByteView context, ByteView plain);
/// Nothing for anything that was not sealed so.
std::optional<Bytes> open_sealed(const SealKey& key, ByteView context, ByteView sealed);

}  // namespace ff::crypto
