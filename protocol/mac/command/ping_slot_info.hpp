// PingSlotInfo: a class B device tells its ping slot period. [TS001-1.0.4 §14.1]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// I listen every 2^n seconds.
struct PingSlotInfoReq {
  static constexpr CommandKind kind{Cid::ping_slot_info, Direction::uplink, 1, "PingSlotInfoReq"};
  PingSlotPeriodicity periodicity;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("periodicity", Bits{0, 3}, self.periodicity);
  }
  bool operator==(const PingSlotInfoReq&) const = default;
};

/// Noted.
struct PingSlotInfoAns {
  static constexpr CommandKind kind{Cid::ping_slot_info, Direction::downlink, 0, "PingSlotInfoAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const PingSlotInfoAns&) const = default;
};

}  // namespace ff::mac
