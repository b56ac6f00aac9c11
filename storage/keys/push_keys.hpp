// The keys of rows in which the application server remembers downlinks that it is to push again by
// itself, in the family `entity`. FORMAT.md. Not what is in the rows
// (actors/application_server/pipeline/own_push.hpp).
#pragma once

#include <cstdint>

#include "protocol/base/result.hpp"
#include "storage/engine/engine.hpp"
#include "storage/keys/shard.hpp"

namespace ff::storage {

/// ON-DISK: first byte of these keys. No other kind has this number.
inline constexpr std::uint8_t own_push_kind = 40;

/// `number` grows with every push of a shard.
Bytes own_push_key(Shard shard, std::uint64_t number);
/// Of all pushes of a shard, in the order of their numbers.
KeyRange own_push_range(Shard shard);
/// The number. Error: malformed_key.
Result<std::uint64_t> parse_own_push_key(ByteView key);

}  // namespace ff::storage
