// AES-128 with the processor's AES instructions, chosen at run time. Each function carries the
// target attribute, not the file: inline functions of headers must stay runnable on every
// processor.
#include "protocol/crypto/aes128_backend.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define FF_AES_TARGET __attribute__((target("aes,ssse3")))
#define FF_AES_INLINE __attribute__((target("aes,ssse3"), always_inline)) inline
#if defined(__clang__)
#define FF_UNROLL _Pragma("unroll")
#else
#define FF_UNROLL _Pragma("GCC unroll 16")
#endif

namespace ff::crypto {
namespace {

constexpr int rounds = 10;
constexpr std::size_t block_size = 16;
constexpr std::size_t wide = MacBatch::lanes_max;

FF_AES_INLINE __m128i load(const std::uint8_t* from) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i_u*>(from));
}
FF_AES_INLINE void store(std::uint8_t* to, __m128i value) noexcept {
  _mm_storeu_si128(reinterpret_cast<__m128i_u*>(to), value);
}

FF_AES_TARGET void expand(const std::uint8_t* key, RoundKeys& round_keys) noexcept {
  // AESENCLAST on four equal columns is SubWord of the column (ShiftRows moves equal bytes), then
  // XOR with the round constant: several times faster than AESKEYGENASSIST, and without its
  // immediate operand.
  const auto rotate_last_word = _mm_set1_epi32(0x0c0f0e0d);
  auto round_key = load(key);
  store(round_keys.data(), round_key);
  int constant = 1;
  for (std::size_t round = 1; round <= rounds; ++round) {
    const auto word = _mm_aesenclast_si128(_mm_shuffle_epi8(round_key, rotate_last_word),
                                           _mm_set1_epi32(constant));
    round_key = _mm_xor_si128(round_key, _mm_slli_si128(round_key, 4));
    round_key = _mm_xor_si128(round_key, _mm_slli_si128(round_key, 8));
    round_key = _mm_xor_si128(round_key, word);
    store(round_keys.data() + block_size * round, round_key);
    constant = constant == 0x80 ? 0x1b : constant << 1;
  }
}

FF_AES_INLINE __m128i encrypt_one(const std::uint8_t* round_keys, __m128i state) noexcept {
  state = _mm_xor_si128(state, load(round_keys));
  FF_UNROLL
  for (int round = 1; round < rounds; ++round) {
    state = _mm_aesenc_si128(state, load(round_keys + 16 * round));
  }
  return _mm_aesenclast_si128(state, load(round_keys + 16 * rounds));
}

FF_AES_TARGET void encrypt(const std::uint8_t* round_keys, const std::uint8_t* in,
                           std::uint8_t* out, std::size_t blocks) noexcept {
  for (; blocks > 0; --blocks, in += block_size, out += block_size) {
    store(out, encrypt_one(round_keys, load(in)));
  }
}

FF_AES_TARGET void decrypt(const std::uint8_t* round_keys, const std::uint8_t* in,
                           std::uint8_t* out, std::size_t blocks) noexcept {
  __m128i inverse[rounds + 1];
  inverse[0] = load(round_keys + 16 * rounds);
  for (int round = 1; round < rounds; ++round) {
    inverse[round] = _mm_aesimc_si128(load(round_keys + 16 * (rounds - round)));
  }
  inverse[rounds] = load(round_keys);
  for (; blocks > 0; --blocks, in += block_size, out += block_size) {
    auto state = _mm_xor_si128(load(in), inverse[0]);
    for (int round = 1; round < rounds; ++round) state = _mm_aesdec_si128(state, inverse[round]);
    store(out, _mm_aesdeclast_si128(state, inverse[rounds]));
  }
  for (auto& round_key : inverse) {
    round_key = _mm_setzero_si128();
    asm volatile("" : : "m"(round_key));  // Keeps the wipe.
  }
}

FF_AES_TARGET void chain(const std::uint8_t* round_keys, std::uint8_t* state,
                         const std::uint8_t* in, std::size_t blocks) noexcept {
  auto value = load(state);
  for (; blocks > 0; --blocks, in += block_size) {
    value = encrypt_one(round_keys, _mm_xor_si128(value, load(in)));
  }
  store(state, value);
}

/// One block in each of `wide` lanes under its own key: the rounds of different lanes overlap in
/// the pipeline.
FF_AES_INLINE void encrypt_wide(const MacBatch& batch, __m128i (&state)[wide]) noexcept {
  FF_UNROLL
  for (std::size_t lane = 0; lane < wide; ++lane) {
    state[lane] = _mm_xor_si128(state[lane], load(batch.round_keys[lane]));
  }
  for (int round = 1; round < rounds; ++round) {
    FF_UNROLL
    for (std::size_t lane = 0; lane < wide; ++lane) {
      state[lane] = _mm_aesenc_si128(state[lane], load(batch.round_keys[lane] + 16 * round));
    }
  }
  FF_UNROLL
  for (std::size_t lane = 0; lane < wide; ++lane) {
    state[lane] = _mm_aesenclast_si128(state[lane], load(batch.round_keys[lane] + 16 * rounds));
  }
}

FF_AES_INLINE __m128i with_counter(__m128i prefix, std::uint32_t counter) noexcept {
  // Bytes 10-13 are the 16-bit words 5 and 6.
  prefix = _mm_insert_epi16(prefix, static_cast<int>(counter & 0xffff), 5);
  return _mm_insert_epi16(prefix, static_cast<int>(counter >> 16), 6);
}

FF_AES_TARGET void mac_wide(MacBatch& batch) noexcept {
  __m128i state[wide];
  const auto prefix = load(batch.prefix);
  FF_UNROLL
  for (std::size_t lane = 0; lane < wide; ++lane)
    state[lane] = with_counter(prefix, batch.counters[lane]);
  encrypt_wide(batch, state);
  for (std::size_t block = 0; block < batch.whole_block_count; ++block) {
    const auto text = load(batch.whole_blocks + block_size * block);
    FF_UNROLL
    for (std::size_t lane = 0; lane < wide; ++lane) state[lane] = _mm_xor_si128(state[lane], text);
    encrypt_wide(batch, state);
  }
  const auto last = load(batch.last_block);
  FF_UNROLL
  for (std::size_t lane = 0; lane < wide; ++lane) {
    state[lane] = _mm_xor_si128(state[lane], _mm_xor_si128(last, load(batch.subkeys[lane])));
  }
  encrypt_wide(batch, state);
  FF_UNROLL
  for (std::size_t lane = 0; lane < wide; ++lane) {
    batch.tags[lane] = static_cast<std::uint32_t>(_mm_cvtsi128_si32(state[lane]));
  }
}

FF_AES_TARGET void mac_one(MacBatch& batch, std::size_t lane) noexcept {
  const auto* round_keys = batch.round_keys[lane];
  auto state = encrypt_one(round_keys, with_counter(load(batch.prefix), batch.counters[lane]));
  for (std::size_t block = 0; block < batch.whole_block_count; ++block) {
    state = encrypt_one(round_keys,
                        _mm_xor_si128(state, load(batch.whole_blocks + block_size * block)));
  }
  state = _mm_xor_si128(state, _mm_xor_si128(load(batch.last_block), load(batch.subkeys[lane])));
  batch.tags[lane] = static_cast<std::uint32_t>(_mm_cvtsi128_si32(encrypt_one(round_keys, state)));
}

void mac_batch(MacBatch& batch) noexcept {
  if (batch.lanes == 1) return mac_one(batch, 0);
  // Idle lanes repeat the first one; they cost nothing beside the others.
  for (auto lane = batch.lanes; lane < wide; ++lane) {
    batch.round_keys[lane] = batch.round_keys[0];
    batch.subkeys[lane] = batch.subkeys[0];
    batch.counters[lane] = batch.counters[0];
  }
  mac_wide(batch);
}

}  // namespace

const Aes128Backend* aes_instructions_backend() noexcept {
  static constexpr Aes128Backend backend{"aes_instructions", expand, encrypt, decrypt, chain,
                                         mac_batch};
  static const bool supported =
      __builtin_cpu_supports("aes") != 0 && __builtin_cpu_supports("ssse3") != 0;
  return supported ? &backend : nullptr;
}

}  // namespace ff::crypto

#else

namespace ff::crypto {
const Aes128Backend* aes_instructions_backend() noexcept {
  return nullptr;
}
}  // namespace ff::crypto

#endif
