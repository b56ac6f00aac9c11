#include "protocol/mac/ping_slot.hpp"

#include "protocol/base/assert.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::mac {
namespace {

std::uint64_t seconds_of(GpsTime beacon) noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(beacon.time_since_epoch()).count());
}

}  // namespace

std::uint32_t ping_offset(GpsTime beacon, DevAddr dev_addr, PingSlotPeriodicity periodicity) {
  // Rand = aes128_encrypt(key 0, BeaconTime | DevAddr | pad16). [TS001-1.0.4 §13.2]
  static const crypto::Aes128 zero_key{Aes128Key{}};
  crypto::Block block{};
  write_le<4>(block, seconds_of(beacon) & UINT32_MAX);
  write_le<4>(MutableByteView(block).subspan(4), dev_addr.value());
  const auto random = zero_key.encrypt(block);
  return (random[0] + 256U * random[1]) % ping_distance(periodicity);
}

GpsTime next_ping_slot(GpsTime earliest, DevAddr dev_addr, PingSlotPeriodicity periodicity) {
  const Duration distance = ping_distance(periodicity) * ping_slot_length;
  for (auto beacon = beacon_before(earliest);; beacon += beacon_period) {
    const auto first = beacon + beacon_delay + beacon_reserved +
                       ping_offset(beacon, dev_addr, periodicity) * ping_slot_length;
    if (earliest <= first) return first;
    // Rounded up to whole distances.
    const auto slot = first + (earliest - first + distance - Duration{1}) / distance * distance;
    if (slot < beacon + beacon_delay + beacon_reserved + ping_slots_per_beacon * ping_slot_length)
      return slot;
  }
}

Frequency ping_frequency(std::span<const Frequency> channels, DevAddr dev_addr,
                         GpsTime at) noexcept {
  FF_ASSERT(!channels.empty());
  const auto beacons = seconds_of(beacon_before(at)) / 128;
  return channels[(dev_addr.value() + beacons) % channels.size()];
}

}  // namespace ff::mac
