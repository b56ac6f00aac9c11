// AES-CMAC [RFC 4493] with a cached key, and the search for the key that made a frame's MIC among
// many. What is signed and which four bytes travel is protocol/phy's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::crypto {

/// A key with its round keys and subkeys. 216 bytes, copyable, wiped when destroyed; any thread may
/// use it.
class CmacKey {
 public:
  explicit CmacKey(const Aes128Key& key) noexcept : CmacKey(key, default_backend()) {}
  CmacKey(const Aes128Key& key, const Aes128Backend& backend) noexcept;
  CmacKey(const CmacKey&) = default;
  CmacKey& operator=(const CmacKey&) = default;
  ~CmacKey();

  /// The CMAC of `message`, of any size.
  Block mac(ByteView message) const noexcept;
  /// The CMAC of `first` ‖ `message`, without joining them.
  Block mac(const Block& first, ByteView message) const noexcept;

  const Aes128& cipher() const noexcept { return cipher_; }
  /// For a message of whole blocks (K1), or padded (K2).
  const Block& subkey(bool padded) const noexcept { return padded ? k2_ : k1_; }

 private:
  Aes128 cipher_;
  Block k1_;
  Block k2_;
};

/// The first four bytes of a CMAC as a little-endian number.
constexpr std::uint32_t tag_of(const Block& mac) noexcept {
  return static_cast<std::uint32_t>(read_le<4>(mac));
}

/// One key that may have made a tag. `key` is not owned and stays valid during the call.
template <class Key>
struct Candidate {
  const Key* key = nullptr;
  std::uint32_t counter = 0;  // written to bytes 10-13 of the first block, little endian
  std::uint32_t tag = 0;      // expected first four bytes of the CMAC, where `mask` has ones
  std::uint32_t mask = 0xffffffff;
};

/// The index of the first candidate whose CMAC of `first` (with its counter) ‖ `message` has its
/// tag. Nothing if none has. `message` is not empty (asserted). Never allocates; takes about 11 ns
/// per candidate for a frame of 33 bytes with AES instructions (crypto_bench).
[[nodiscard]] std::optional<std::size_t> match(std::span<const Candidate<CmacKey>> candidates,
                                               const Block& first, ByteView message) noexcept;
/// The same with bare keys: their round keys are made on the way and wiped. About 90 ns
/// per candidate; for keys too many to keep ready.
[[nodiscard]] std::optional<std::size_t> match(std::span<const Candidate<Aes128Key>> candidates,
                                               const Block& first, ByteView message) noexcept;

}  // namespace ff::crypto
