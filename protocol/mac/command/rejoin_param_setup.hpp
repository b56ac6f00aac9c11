// RejoinParamSetup: the network sets how often a device rejoins by itself. [TS001-1.1 §5.14]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// At least every so many uplinks or seconds.
struct RejoinParamSetupReq {
  static constexpr CommandKind kind{Cid::rejoin_param_setup, Direction::downlink, 1,
                                    "RejoinParamSetupReq"};
  RejoinCountExponent max_count_exp;  // 2^(n+4) uplinks
  RejoinTimeExponent max_time_exp;    // 2^(n+10) s

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("max_count_exp", Bits{0, 4}, self.max_count_exp);
    visit("max_time_exp", Bits{4, 4}, self.max_time_exp);
  }
  bool operator==(const RejoinParamSetupReq&) const = default;
};

/// The count is always accepted; the time only when the bit is set.
struct RejoinParamSetupAns {
  static constexpr CommandKind kind{Cid::rejoin_param_setup, Direction::uplink, 1,
                                    "RejoinParamSetupAns"};
  bool max_time_exp_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("max_time_exp_ack", Bits{0, 1}, self.max_time_exp_ack);
  }
  bool operator==(const RejoinParamSetupAns&) const = default;
};

}  // namespace ff::mac
