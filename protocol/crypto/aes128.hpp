// AES-128 on single blocks (ECB), the primitive under every LoRaWAN key stream, MIC and key
// derivation. Not for MICs (cmac.hpp) or for wrapping keys (key_wrap.hpp).
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/aes128_backend.hpp"
#include "protocol/types/keys.hpp"

namespace ff::crypto {

using Block = std::array<std::uint8_t, 16>;

/// A key ready for use. 184 bytes, copyable, wiped when destroyed. Never allocates; any thread may
/// use it.
class Aes128 {
 public:
  explicit Aes128(const Aes128Key& key) noexcept : Aes128(key, default_backend()) {}
  Aes128(const Aes128Key& key, const Aes128Backend& backend) noexcept;
  Aes128(const Aes128&) = default;
  Aes128& operator=(const Aes128&) = default;
  ~Aes128();

  Block encrypt(const Block& block) const noexcept;
  Block decrypt(const Block& block) const noexcept;
  /// `in` has whole blocks and `out` the same size (asserted); they may be the same bytes.
  void encrypt(ByteView in, MutableByteView out) const noexcept;
  void decrypt(ByteView in, MutableByteView out) const noexcept;

  /// For cmac.cpp.
  const RoundKeys& round_keys() const noexcept { return round_keys_; }
  const Aes128Backend& backend() const noexcept { return *backend_; }

 private:
  RoundKeys round_keys_;
  const Aes128Backend* backend_;
};

/// Overwrites secrets in a way the compiler keeps.
void wipe(MutableByteView secret) noexcept;

/// Whether both have the same bytes; time depends on the sizes only.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace ff::crypto
