#include "tools/sim/core/class_b.hpp"

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/aes128.hpp"

namespace ff::sim {
namespace {

constexpr Duration slot_length = std::chrono::milliseconds{30};
constexpr unsigned slots_per_interval = 4096;
/// Beacons begin this long after their second. [TS001-1.0.4 §15.3]
constexpr Duration beacon_delay = std::chrono::nanoseconds{1500};

GpsTime beacon_of(GpsTime at) noexcept {
  return GpsTime{at.time_since_epoch() / beacon_interval * beacon_interval};
}

std::uint64_t interval_number(GpsTime at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch() / beacon_interval);
}

/// Slots from one of the device's to the next.
unsigned slots_between(mac::PingSlotPeriodicity periodicity) noexcept {
  return 1U << (5U + periodicity.value());
}

unsigned first_slot(GpsTime beacon, DevAddr dev_addr, mac::PingSlotPeriodicity periodicity) {
  const auto second = interval_number(beacon) * 128;
  const auto address = dev_addr.value();
  crypto::Block block{};
  for (unsigned i = 0; i < 4; ++i) {
    block[i] = static_cast<std::uint8_t>(second >> (8 * i));
    block[4 + i] = static_cast<std::uint8_t>(address >> (8 * i));
  }
  const auto random = crypto::Aes128{Aes128Key{}}.encrypt(block);
  return (random[0] + random[1] * 256U) % slots_between(periodicity);
}

}  // namespace

GpsTime beacon_after(GpsTime at) noexcept {
  return beacon_of(at) + beacon_interval;
}

Frequency hop(std::span<const Frequency> frequencies, DevAddr dev_addr, GpsTime at) noexcept {
  return frequencies[(dev_addr.value() + interval_number(at)) % frequencies.size()];
}

Frequency beacon_frequency(const region::Region& region, GpsTime at) noexcept {
  if (region.beacon_frequency.is_set() || region.beacon_frequencies.empty())
    return region.beacon_frequency;
  return hop(region.beacon_frequencies, DevAddr{}, at);
}

Duration from_nearest_slot(GpsTime at, DevAddr dev_addr, mac::PingSlotPeriodicity periodicity) {
  const auto beacon = beacon_of(at);
  const unsigned step = slots_between(periodicity);
  auto best = Duration::max();
  for (auto slot = first_slot(beacon, dev_addr, periodicity); slot < slots_per_interval;
       slot += step) {
    const auto begin = beacon + beacon_delay + beacon_reserved_time + slot * slot_length;
    if (std::chrono::abs(at - begin) < std::chrono::abs(best)) best = at - begin;
  }
  return best;
}

}  // namespace ff::sim
