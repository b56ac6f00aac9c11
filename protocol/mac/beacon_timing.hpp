// The answer to BeaconTimingReq, by which devices before 1.0.4 find the first beacon. Not the
// layout of the command (command/beacon_timing.hpp). [TS001-1.0.3 §14.2]
#pragma once

#include <optional>

#include "protocol/base/time.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/region/region.hpp"

namespace ff::mac {

/// Whether the device waits for the answer. What it says depends on the end of the frame that
/// carries it, so it lies in the state without its values until then.
bool tells_beacon_timing(const MacState& state) noexcept;

/// The answer for a frame that the device has heard at `end`; without it the answer is left out:
/// one that is wrong by more than its steps of 30 ms costs the device hours of searching, silence
/// makes it ask again.
MacState with_beacon_timing(MacState state, std::optional<UtcTime> end,
                            const region::Region& region);

}  // namespace ff::mac
