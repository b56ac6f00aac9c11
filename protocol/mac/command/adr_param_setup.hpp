// ADRParamSetup: the network sets the ADR back-off. [TS001-1.1 §5.11]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/mac/quantities.hpp"

namespace ff::mac {

/// ADR_ACK_LIMIT and ADR_ACK_DELAY as powers of two.
struct ADRParamSetupReq {
  static constexpr CommandKind kind{Cid::adr_param_setup, Direction::downlink, 1,
                                    "ADRParamSetupReq"};
  AdrAckExponent delay_exp;
  AdrAckExponent limit_exp;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("delay_exp", Bits{0, 4}, self.delay_exp);
    visit("limit_exp", Bits{4, 4}, self.limit_exp);
  }
  bool operator==(const ADRParamSetupReq&) const = default;
};

/// Applied.
struct ADRParamSetupAns {
  static constexpr CommandKind kind{Cid::adr_param_setup, Direction::uplink, 0, "ADRParamSetupAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const ADRParamSetupAns&) const = default;
};

}  // namespace ff::mac
