// RXTimingSetup: the network changes the delay of RX1. [TS001-1.0.4 §5.8]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <chrono>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// Open RX1 this long after the uplink.
struct RXTimingSetupReq {
  static constexpr CommandKind kind{Cid::rx_timing_setup, Direction::downlink, 1,
                                    "RXTimingSetupReq"};
  std::chrono::seconds delay{1};  // 0 means 1 s

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("delay", Bits{0, 4}, self.delay);
  }
  bool operator==(const RXTimingSetupReq&) const = default;
};

/// Applied. Repeated until a class A downlink arrives.
struct RXTimingSetupAns {
  static constexpr CommandKind kind{Cid::rx_timing_setup, Direction::uplink, 0, "RXTimingSetupAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const RXTimingSetupAns&) const = default;
};

}  // namespace ff::mac
