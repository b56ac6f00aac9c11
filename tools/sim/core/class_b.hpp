// The device's side of class B: the beacon it follows and the slots it listens in. Written apart
// from the server's (protocol/mac/ping_slot.hpp), so that each checks the other. [TS001-1.0.4 §10]
#pragma once

#include <span>

#include "protocol/base/time.hpp"
#include "protocol/mac/quantities.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/radio.hpp"

namespace ff::sim {

/// Beacons begin at GPS times that are multiples of this.
inline constexpr Duration beacon_interval = std::chrono::seconds{128};
/// Nothing else is sent from the begin of a beacon for this long,
inline constexpr Duration beacon_reserved_time = std::chrono::milliseconds{2120};
/// and no ping slot's frame within this before one.
inline constexpr Duration beacon_guard_time = std::chrono::seconds{3};
/// A device that hears no beacon for longer does not know when its slots are.
inline constexpr Duration beaconless_time_max = std::chrono::hours{2};

/// What a gateway sends at the begin of each interval.
struct Beacon {
  GpsTime at;
  Frequency frequency;
};
/// The first beacon after `at`.
GpsTime beacon_after(GpsTime at) noexcept;

/// Of the frequencies a beacon, or the slots of one device, hop over, the one for the interval of
/// `at`; the only one if there is one. `dev_addr` 0 for beacons.
Frequency hop(std::span<const Frequency> frequencies, DevAddr dev_addr, GpsTime at) noexcept;

/// Where gateways send the beacon at `at`; unset: the region has none.
Frequency beacon_frequency(const region::Region& region, GpsTime at) noexcept;

/// How far `at` is after the begin of the nearest slot of the device; negative: before.
Duration from_nearest_slot(GpsTime at, DevAddr dev_addr, mac::PingSlotPeriodicity periodicity);

}  // namespace ff::sim
