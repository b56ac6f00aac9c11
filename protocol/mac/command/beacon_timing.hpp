// BeaconTiming: deprecated: a device asks when the next beacon comes. [TS001-1.0.3 §14.2]
// Layout only; the network's answer is protocol/mac/beacon_timing.hpp's.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Replaced by DeviceTimeReq from 1.0.4 on.
struct BeaconTimingReq {
  static constexpr CommandKind kind{Cid::beacon_timing, Direction::uplink, 0, "BeaconTimingReq"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const BeaconTimingReq&) const = default;
};

/// The next beacon starts so many steps of 30 ms after this frame's end, or less than one later.
struct BeaconTimingAns {
  static constexpr CommandKind kind{Cid::beacon_timing, Direction::downlink, 3, "BeaconTimingAns"};
  std::uint16_t delay_30ms = 0;
  ChannelIndex channel_index;  // of the beacon, where beacons hop; else 0

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("delay_30ms", Bits{0, 16}, self.delay_30ms);
    visit("channel_index", Bits{16, 8}, self.channel_index);
  }
  bool operator==(const BeaconTimingAns&) const = default;
};

}  // namespace ff::mac
