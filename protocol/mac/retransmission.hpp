// Whether a frame with the counter of the last one is the device repeating itself, and whether it
// may. Not duplicates heard by several gateways (the address shard), not counters that run back
// (the session layer).
#pragma once

#include <cstdint>

#include "protocol/mac/state.hpp"

namespace ff::mac {

/// The reference allowed 5 transmissions of a confirmed frame until 3.34.2; devices make more.
/// [spec network-server §22]
inline constexpr std::uint32_t default_confirmed_transmissions_max = 15;

enum class Repetition : std::uint8_t {
  original,      // no earlier frame with this counter and payload
  repeated,      // the n-th transmission of the last frame
  too_often,     // more transmissions than the device was told to make: drop
  other_payload  // same counter, other payload: not a repetition, drop
};

/// The answer and its operands.
struct RepetitionVerdict {
  Repetition repetition = Repetition::original;
  std::uint32_t transmission = 1;  // this one, counted from 1
  std::uint32_t allowed = 1;
  bool operator==(const RepetitionVerdict&) const = default;
};

/// Judges `uplink` (not yet among the recent ones). Equal means equal counter and equal PHYPayload
/// without MIC. [spec network-server §5]
RepetitionVerdict judge_repetition(
    const MacState& state, const RecentUplink& uplink,
    std::uint32_t confirmed_transmissions_max = default_confirmed_transmissions_max) noexcept;

/// Whether `uplink` has counter and PHYPayload of the newest of the recent ones.
bool repeats_last(const MacState& state, const RecentUplink& uplink) noexcept;

}  // namespace ff::mac
