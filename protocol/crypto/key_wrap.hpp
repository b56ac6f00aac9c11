// AES key wrap [RFC 3394]: keys at rest and between servers under a key-encryption key.
// Where key-encryption keys come from and which label names one is the key vault's.
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/keys.hpp"

namespace ff::crypto {

inline constexpr ErrorDef key_length_size{"pkg/crypto", "key_length_size", Code::invalid_argument,
                                          "invalid key length size `{size}`"};
inline constexpr ErrorDef invalid_length{"pkg/crypto/cryptoutil", "invalid_length",
                                         Code::invalid_argument, "invalid slice length"};
inline constexpr ErrorDef corrupt_key{"pkg/crypto", "corrupt_key", Code::data_loss,
                                      "corrupt key data"};

/// `plain` wrapped under `kek` of 16, 24 or 32 bytes: 8 bytes longer. `plain` is 16 to 4096 bytes,
/// a multiple of 8. Fails with key_length_size or invalid_length.
[[nodiscard]] Result<Bytes> wrap_key(ByteView plain, ByteView kek);

/// The reverse. Fails also with corrupt_key when `wrapped` was not made with `kek` or was changed.
/// The caller wipes the result once used; see unwrap_aes128_key.
[[nodiscard]] Result<Bytes> unwrap_key(ByteView wrapped, ByteView kek);

/// unwrap_key for a 16-byte key; leaves no copy. A wrapped key of another size fails with
/// invalid_length.
[[nodiscard]] Result<Aes128Key> unwrap_aes128_key(ByteView wrapped, ByteView kek);

}  // namespace ff::crypto
