// When class B beacons are sent: every 128 s of GPS time. Not what they say and not the slots
// between them (protocol/mac/ping_slot.hpp). [TS001-1.0.4 §10]
#pragma once

#include "protocol/base/time.hpp"

namespace ff {

inline constexpr std::chrono::seconds beacon_period{128};
/// From the start of a beacon to the first ping slot.
inline constexpr std::chrono::milliseconds beacon_reserved{2120};
/// Before a beacon: no ping slot that begins in here, so that none runs into it.
inline constexpr std::chrono::seconds beacon_guard{3};
/// A beacon is sent this much after its GPS second.
inline constexpr std::chrono::nanoseconds beacon_delay{1500};

/// The beacon at or before `at`, which is not before the GPS epoch.
inline GpsTime beacon_before(GpsTime at) noexcept {
  return at - at.time_since_epoch() % beacon_period;
}

}  // namespace ff
