#include "protocol/crypto/cmac.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff::crypto {
namespace {

constexpr std::size_t block_size = sizeof(Block);

/// Multiplication by x in GF(2^128), without branches on the secret. [RFC 4493 §2.3]
Block doubled(const Block& block) noexcept {
  Block out;
  std::uint8_t carry = 0;
  for (std::size_t i = block_size; i-- > 0;) {
    out[i] = static_cast<std::uint8_t>(block[i] << 1 | carry);
    carry = block[i] >> 7;
  }
  out[block_size - 1] ^= static_cast<std::uint8_t>(0x87 * carry);
  return out;
}

/// A message cut for CMAC: whole blocks, then one last block that is padded where needed.
struct CutMessage {
  explicit CutMessage(ByteView message) noexcept
      : whole_block_count(message.empty() ? 0 : (message.size() - 1) / block_size),
        whole_blocks(message.first(whole_block_count * block_size)) {
    const auto rest = message.subspan(whole_blocks.size());
    std::copy(rest.begin(), rest.end(), last.begin());
    padded = rest.size() < block_size;
    if (padded) last[rest.size()] = 0x80;
  }

  std::size_t whole_block_count;
  ByteView whole_blocks;
  Block last{};
  bool padded = false;
};

void finish(const CmacKey& key, Block& state, const CutMessage& cut) noexcept {
  const auto& backend = key.cipher().backend();
  const auto* round_keys = key.cipher().round_keys().data();
  backend.chain(round_keys, state.data(), cut.whole_blocks.data(), cut.whole_block_count);
  const auto& subkey = key.subkey(cut.padded);
  for (std::size_t i = 0; i < block_size; ++i) state[i] ^= subkey[i];
  backend.chain(round_keys, state.data(), cut.last.data(), 1);
}

MacBatch new_batch(const Block& first, const CutMessage& cut) noexcept {
  MacBatch batch;
  batch.prefix = first.data();
  batch.whole_blocks = cut.whole_blocks.data();
  batch.whole_block_count = cut.whole_block_count;
  batch.last_block = cut.last.data();
  return batch;
}

void set_lane(MacBatch& batch, std::size_t lane, const CmacKey& key, bool padded) noexcept {
  batch.round_keys[lane] = key.cipher().round_keys().data();
  batch.subkeys[lane] = key.subkey(padded).data();
}

template <class Key>
std::optional<std::size_t> first_hit(const MacBatch& batch,
                                     std::span<const Candidate<Key>> candidates) noexcept {
  for (std::size_t lane = 0; lane < batch.lanes; ++lane) {
    if (((batch.tags[lane] ^ candidates[lane].tag) & candidates[lane].mask) == 0) return lane;
  }
  return std::nullopt;
}

/// How many leading candidates fit one batch: they share a backend, which keys of one process do.
std::size_t batch_size(std::span<const Candidate<CmacKey>> candidates) noexcept {
  const auto limit = std::min(candidates.size(), MacBatch::lanes_max);
  const auto* backend = &candidates[0].key->cipher().backend();
  std::size_t size = 1;
  while (size < limit && &candidates[size].key->cipher().backend() == backend) ++size;
  return size;
}

}  // namespace

CmacKey::CmacKey(const Aes128Key& key, const Aes128Backend& backend) noexcept
    : cipher_(key, backend), k1_(doubled(cipher_.encrypt(Block{}))), k2_(doubled(k1_)) {}

CmacKey::~CmacKey() {
  wipe(k1_);
  wipe(k2_);
}

Block CmacKey::mac(ByteView message) const noexcept {
  Block state{};
  finish(*this, state, CutMessage(message));
  return state;
}

Block CmacKey::mac(const Block& first, ByteView message) const noexcept {
  if (message.empty()) return mac(first);
  auto state = cipher_.encrypt(first);
  finish(*this, state, CutMessage(message));
  return state;
}

std::optional<std::size_t> match(std::span<const Candidate<CmacKey>> candidates, const Block& first,
                                 ByteView message) noexcept {
  FF_ASSERT(!message.empty());
  const CutMessage cut(message);
  auto batch = new_batch(first, cut);
  for (std::size_t begin = 0; begin < candidates.size(); begin += batch.lanes) {
    const auto rest = candidates.subspan(begin);
    batch.lanes = batch_size(rest);
    for (std::size_t lane = 0; lane < batch.lanes; ++lane) {
      set_lane(batch, lane, *rest[lane].key, cut.padded);
      batch.counters[lane] = rest[lane].counter;
    }
    rest[0].key->cipher().backend().mac_batch(batch);
    if (const auto lane = first_hit(batch, rest)) return begin + *lane;
  }
  return std::nullopt;
}

std::optional<std::size_t> match(std::span<const Candidate<Aes128Key>> candidates,
                                 const Block& first, ByteView message) noexcept {
  constexpr std::size_t at_once = MacBatch::lanes_max;
  std::array<std::optional<CmacKey>, at_once> keys;
  std::array<Candidate<CmacKey>, at_once> ready;
  for (std::size_t begin = 0; begin < candidates.size(); begin += at_once) {
    const auto rest = candidates.subspan(begin, std::min(at_once, candidates.size() - begin));
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const auto& key = keys[i].emplace(*rest[i].key);
      ready[i] = {&key, rest[i].counter, rest[i].tag, rest[i].mask};
    }
    const auto hit =
        match(std::span<const Candidate<CmacKey>>(ready).first(rest.size()), first, message);
    if (hit) return begin + *hit;
  }
  return std::nullopt;
}

}  // namespace ff::crypto
