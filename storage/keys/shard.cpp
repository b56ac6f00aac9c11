#include "storage/keys/shard.hpp"

#include <bit>
#include <string_view>

namespace ff::storage {
namespace {

/// FNV-1a-64, fed byte by byte so that the hot path allocates nothing.
class Hash {
 public:
  Hash& byte(std::uint8_t value) noexcept {
    state_ = (state_ ^ value) * 0x100000001b3ULL;
    return *this;
  }
  template <std::size_t N>
  Hash& number(std::uint64_t value) noexcept {
    for (std::size_t i = N; i-- > 0;) byte(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  /// As KeyWriter::text writes it.
  Hash& text(std::string_view value) noexcept {
    for (char c : value) {
      byte(static_cast<std::uint8_t>(c));
      if (c == '\0') byte(0xFF);
    }
    return byte(0x00).byte(0x01);
  }
  Shard shard(ShardCount count) const noexcept {
    auto mixed = state_;
    mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccdULL;
    mixed = (mixed ^ mixed >> 33) * 0xc4ceb9fe1a85ec53ULL;
    mixed ^= mixed >> 33;
    return Shard{static_cast<std::uint16_t>(mixed & (count.value() - 1))};
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace

std::optional<ShardCount> ShardCount::make(std::uint32_t count) noexcept {
  if (!std::has_single_bit(count) || count > max) return std::nullopt;
  return ShardCount(count);
}

Shard shard_of(const DeviceUid& uid, ShardCount count) noexcept {
  return Hash().text(uid.application_id.text()).text(uid.device_id.text()).shard(count);
}
Shard shard_of(const ApplicationId& application_id, ShardCount count) noexcept {
  return Hash().text(application_id.text()).shard(count);
}
Shard shard_of(DevAddr dev_addr, ShardCount count) noexcept {
  return Hash().number<4>(dev_addr.value()).shard(count);
}
Shard shard_of(const JoinKey& join_key, ShardCount count) noexcept {
  return Hash()
      .number<8>(join_key.join_eui.value())
      .number<8>(join_key.dev_eui.value())
      .shard(count);
}
Shard shard_of(DevEui dev_eui, ShardCount count) noexcept {
  return Hash().number<8>(dev_eui.value()).shard(count);
}
Shard shard_of(const GatewayId& gateway_id, ShardCount count) noexcept {
  return Hash().text(gateway_id.text()).shard(count);
}

}  // namespace ff::storage
