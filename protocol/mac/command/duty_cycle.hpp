// DutyCycle: the network limits the device's aggregated duty cycle. [TS001-1.0.4 §5.4]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// Send at most this share of time.
struct DutyCycleReq {
  static constexpr CommandKind kind{Cid::duty_cycle, Direction::downlink, 1, "DutyCycleReq"};
  DutyCycleExponent max_duty_cycle;  // 1/2^n

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("max_duty_cycle", Bits{0, 4}, self.max_duty_cycle);
  }
  bool operator==(const DutyCycleReq&) const = default;
};

/// Applied.
struct DutyCycleAns {
  static constexpr CommandKind kind{Cid::duty_cycle, Direction::uplink, 0, "DutyCycleAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const DutyCycleAns&) const = default;
};

}  // namespace ff::mac
