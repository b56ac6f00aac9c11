// BeaconFreq: the network moves the beacon. [TS001-1.0.4 §14.4]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Frequency 0 returns to the region's beacon.
struct BeaconFreqReq {
  static constexpr CommandKind kind{Cid::beacon_freq, Direction::downlink, 3, "BeaconFreqReq"};
  Frequency frequency;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("frequency", Bits{0, 24}, self.frequency);
  }
  bool operator==(const BeaconFreqReq&) const = default;
};

/// Set: applied.
struct BeaconFreqAns {
  static constexpr CommandKind kind{Cid::beacon_freq, Direction::uplink, 1, "BeaconFreqAns"};
  bool frequency_ok = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("frequency_ok", Bits{0, 1}, self.frequency_ok);
  }
  bool operator==(const BeaconFreqAns&) const = default;
};

}  // namespace ff::mac
