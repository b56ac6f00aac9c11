#include "storage/keys/push_keys.hpp"

#include "protocol/base/hex.hpp"
#include "storage/keys/key_codec.hpp"
#include "storage/keys/keys.hpp"

namespace ff::storage {
namespace {

KeyWriter key_of(Shard shard) {
  KeyWriter out;
  out.u8(own_push_kind).u16(shard.value());
  return out;
}

}  // namespace

Bytes own_push_key(Shard shard, std::uint64_t number) {
  return key_of(shard).u64(number).take();
}

KeyRange own_push_range(Shard shard) {
  return prefix_range(key_of(shard).take());
}

Result<std::uint64_t> parse_own_push_key(ByteView key) {
  KeyReader in(key);
  const auto kind = in.u8();
  static_cast<void>(in.u16());
  const auto number = in.u64();
  if (!in.finished() || kind != own_push_kind)
    return fail(malformed_key, {{"family", "entity"}, {"key", hex_lower(key)}});
  return number;
}

}  // namespace ff::storage
