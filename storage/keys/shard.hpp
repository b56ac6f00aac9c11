// Which shard a device, address, application or join key lives in. Not which actors
// work on it; see actors/support/sharded.hpp.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/strong.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::storage {

/// 0 to ShardCount - 1.
using Shard = Strong<struct ShardTag, std::uint16_t>;

/// How many shards a data directory has: a power of two from 1 to 32768, fixed when the directory
/// is created.
class ShardCount {
 public:
  static constexpr std::uint32_t max = 32768;

  /// Nothing unless `count` is a power of two within the bounds.
  static std::optional<ShardCount> make(std::uint32_t count) noexcept;
  /// 64, the default.
  constexpr ShardCount() noexcept = default;
  constexpr std::uint32_t value() const noexcept { return count_; }
  constexpr bool operator==(const ShardCount&) const noexcept = default;

 private:
  constexpr explicit ShardCount(std::uint32_t count) noexcept : count_(count) {}
  std::uint32_t count_ = 64;
};

/// A device names both EUIs when it joins; the pair is unique.
struct JoinKey {
  JoinEui join_eui;
  DevEui dev_eui;

  auto operator<=>(const JoinKey&) const = default;
};

/// ON-DISK: the low bits of FNV-1a-64 over the parts' key bytes (FORMAT.md), finished by
/// MurmurHash3's 64-bit mixer because FNV's low bits alone are poor. Golden test:
/// test/storage/keys/shard_test.cpp.
Shard shard_of(const DeviceUid& uid, ShardCount count) noexcept;
Shard shard_of(const ApplicationId& application_id, ShardCount count) noexcept;
Shard shard_of(DevAddr dev_addr, ShardCount count) noexcept;
Shard shard_of(const JoinKey& join_key, ShardCount count) noexcept;
Shard shard_of(DevEui dev_eui, ShardCount count) noexcept;
Shard shard_of(const GatewayId& gateway_id, ShardCount count) noexcept;

}  // namespace ff::storage
