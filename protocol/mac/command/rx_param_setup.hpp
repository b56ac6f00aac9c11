// RXParamSetup: the network moves the class A receive windows. [TS001-1.0.4 §5.5]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// New RX1 offset and RX2 parameters.
struct RXParamSetupReq {
  static constexpr CommandKind kind{Cid::rx_param_setup, Direction::downlink, 4, "RXParamSetupReq"};
  DataRateIndex rx2_data_rate_index;
  DataRateOffset rx1_dr_offset;
  Frequency rx2_frequency;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("rx2_data_rate_index", Bits{0, 4}, self.rx2_data_rate_index);
    visit("rx1_dr_offset", Bits{4, 3}, self.rx1_dr_offset);
    visit("rx2_frequency", Bits{8, 24}, self.rx2_frequency);
  }
  bool operator==(const RXParamSetupReq&) const = default;
};

/// All three set: applied. Repeated until a class A downlink arrives.
struct RXParamSetupAns {
  static constexpr CommandKind kind{Cid::rx_param_setup, Direction::uplink, 1, "RXParamSetupAns"};
  bool rx2_frequency_ack = false;
  bool rx2_data_rate_ack = false;
  bool rx1_dr_offset_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("rx2_frequency_ack", Bits{0, 1}, self.rx2_frequency_ack);
    visit("rx2_data_rate_ack", Bits{1, 1}, self.rx2_data_rate_ack);
    visit("rx1_dr_offset_ack", Bits{2, 1}, self.rx1_dr_offset_ack);
  }
  bool operator==(const RXParamSetupAns&) const = default;
};

}  // namespace ff::mac
