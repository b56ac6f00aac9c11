// TXParamSetup: the network sets maximum EIRP and dwell-time limits. [TS001-1.0.4 §5.9]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// In bands that define it.
struct TXParamSetupReq {
  static constexpr CommandKind kind{Cid::tx_param_setup, Direction::downlink, 1, "TXParamSetupReq"};
  EirpIndex max_eirp_index;          // see eirp_dbm
  bool uplink_dwell_time = false;    // true: 400 ms
  bool downlink_dwell_time = false;  // true: 400 ms

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("max_eirp_index", Bits{0, 4}, self.max_eirp_index);
    visit("uplink_dwell_time", Bits{4, 1}, self.uplink_dwell_time);
    visit("downlink_dwell_time", Bits{5, 1}, self.downlink_dwell_time);
  }
  bool operator==(const TXParamSetupReq&) const = default;
};

/// Applied. Repeated until a class A downlink arrives.
struct TXParamSetupAns {
  static constexpr CommandKind kind{Cid::tx_param_setup, Direction::uplink, 0, "TXParamSetupAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const TXParamSetupAns&) const = default;
};

}  // namespace ff::mac
