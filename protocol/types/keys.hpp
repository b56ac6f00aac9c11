// AES-128 keys. Never printed, logged or compared in variable time; wiped when destroyed.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/base/bytes.hpp"

namespace ff {

class Aes128Key {
 public:
  static constexpr std::size_t size = 16;

  Aes128Key() = default;
  explicit Aes128Key(const std::array<std::uint8_t, size>& bytes) noexcept : bytes_(bytes) {}
  Aes128Key(const Aes128Key&) = default;
  Aes128Key& operator=(const Aes128Key&) = default;
  ~Aes128Key();

  /// `bytes` has exactly 16 bytes (asserted).
  static Aes128Key from(ByteView bytes);

  /// For ciphers and key wrapping only.
  ByteView bytes() const noexcept { return bytes_; }
  bool is_zero() const noexcept;
  /// Constant time.
  bool operator==(const Aes128Key& other) const noexcept;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace ff
