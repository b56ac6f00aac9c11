// Class B ping slots: when a device listens between two beacons, and on which channel.
// [TS001-1.0.4 §11, §12; spec network-server §15]
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "protocol/base/time.hpp"
#include "protocol/mac/quantities.hpp"
#include "protocol/types/beacon.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

inline constexpr std::chrono::milliseconds ping_slot_length{30};
inline constexpr std::uint32_t ping_slots_per_beacon = 4096;

/// Slots between two ping slots of a device: 32 to 4096.
constexpr std::uint32_t ping_distance(PingSlotPeriodicity periodicity) noexcept {
  return std::uint32_t{32} << (periodicity.value() & 7U);
}
/// Number of a device's first slot after `beacon`, less than ping_distance(): pseudo-random, so
/// that devices do not collide for ever.
std::uint32_t ping_offset(GpsTime beacon, DevAddr dev_addr, PingSlotPeriodicity periodicity);
/// The first ping slot that opens at `earliest` or later.
GpsTime next_ping_slot(GpsTime earliest, DevAddr dev_addr, PingSlotPeriodicity periodicity);

/// Of the channels a band hops over, that of the beacon period `at` lies in; the only one when
/// there is one. `channels` is not empty.
Frequency ping_frequency(std::span<const Frequency> channels, DevAddr dev_addr,
                         GpsTime at) noexcept;

}  // namespace ff::mac
