// The two implementations of AES-128 behind one table of functions: AES instructions and OpenSSL.
// Not for users of ciphers (aes128.hpp, cmac.hpp); tests and benchmarks name a backend to compare
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ff::crypto {

/// Room for eleven round keys. The first is the key itself; a backend may leave the others unused.
using RoundKeys = std::array<std::uint8_t, 176>;

/// Up to `lanes_max` CMACs of one message under different keys; message = prefix block ‖ blocks.
/// The prefix is one block whose bytes 10-13 hold the lane's counter, little endian.
struct MacBatch {
  static constexpr std::size_t lanes_max = 8;

  std::size_t lanes = 0;  // 1 to lanes_max
  std::array<const std::uint8_t*, lanes_max> round_keys{};
  std::array<const std::uint8_t*, lanes_max> subkeys{};  // XORed to the last block: K1 or K2
  std::array<std::uint32_t, lanes_max> counters{};
  const std::uint8_t* prefix = nullptr;        // 16 bytes
  const std::uint8_t* whole_blocks = nullptr;  // blocks between prefix and last
  std::size_t whole_block_count = 0;
  const std::uint8_t* last_block = nullptr;     // 16 bytes, padded
  std::array<std::uint32_t, lanes_max> tags{};  // out: first four bytes, little endian
};

struct Aes128Backend {
  const char* name;
  void (*expand)(const std::uint8_t* key, RoundKeys& round_keys) noexcept;
  /// `in` and `out` may be the same; blocks are independent (ECB).
  void (*encrypt)(const std::uint8_t* round_keys, const std::uint8_t* in, std::uint8_t* out,
                  std::size_t blocks) noexcept;
  void (*decrypt)(const std::uint8_t* round_keys, const std::uint8_t* in, std::uint8_t* out,
                  std::size_t blocks) noexcept;
  /// For each block: state := E(state XOR block).
  void (*chain)(const std::uint8_t* round_keys, std::uint8_t* state, const std::uint8_t* in,
                std::size_t blocks) noexcept;
  void (*mac_batch)(MacBatch& batch) noexcept;
};

/// OpenSSL's EVP AES-128-ECB on one context per thread, re-keyed per use. On every machine.
const Aes128Backend& evp_backend() noexcept;
/// AES instructions; null where the processor or the build has none.
const Aes128Backend* aes_instructions_backend() noexcept;
/// The fastest that works here; the same for the life of the process.
const Aes128Backend& default_backend() noexcept;

}  // namespace ff::crypto
