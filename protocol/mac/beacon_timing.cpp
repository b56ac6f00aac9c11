#include "protocol/mac/beacon_timing.hpp"

#include <algorithm>

#include "protocol/types/beacon.hpp"

namespace ff::mac {
namespace {

constexpr std::chrono::milliseconds delay_step{30};

bool is_beacon_timing(const Command& command) noexcept {
  return std::holds_alternative<BeaconTimingAns>(command);
}

/// Of bands whose beacons hop; 0 where they do not. [RP002-1.0.4 §2.5.7]
ChannelIndex channel_of(GpsTime beacon, const MacParameters& current,
                        const region::Region& region) {
  const auto channels = region.beacon_frequencies.size();
  if (current.beacon_frequency.is_set() || region.beacon_frequency.is_set() || channels < 2)
    return ChannelIndex{0};
  const auto number = beacon.time_since_epoch() / beacon_period;
  return ChannelIndex{static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) % channels)};
}

}  // namespace

bool tells_beacon_timing(const MacState& state) noexcept {
  return std::ranges::any_of(state.queued_responses, is_beacon_timing);
}

MacState with_beacon_timing(MacState state, std::optional<UtcTime> end,
                            const region::Region& region) {
  auto& responses = state.queued_responses;
  if (!end) {
    std::erase_if(responses, is_beacon_timing);
    return state;
  }
  const auto from = to_gps(*end);
  const auto beacon = beacon_before(from) + beacon_period;
  // 30 ms * (Delay + 1) > RTime >= 30 ms * Delay.
  const BeaconTimingAns answer{static_cast<std::uint16_t>((beacon - from) / delay_step),
                               channel_of(beacon, state.current, region)};
  std::ranges::replace_if(responses, is_beacon_timing, Command{answer});
  return state;
}

}  // namespace ff::mac
