// LinkADR: the network chooses data rate, power, repetitions and channels. [TS001-1.0.4 §5.3]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// One block of the channel mask; data rate, power and repetitions of the last request of a block
/// count.
struct LinkADRReq {
  static constexpr CommandKind kind{Cid::link_adr, Direction::downlink, 4, "LinkADRReq"};
  TxPowerIndex tx_power_index;    // 15: keep, from 1.0.4 on
  DataRateIndex data_rate_index;  // 15: keep, from 1.0.4 on
  std::uint16_t channel_mask = 0;
  std::uint8_t nb_trans = 0;  // 0: keep
  std::uint8_t channel_mask_control = 0;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("tx_power_index", Bits{0, 4}, self.tx_power_index);
    visit("data_rate_index", Bits{4, 4}, self.data_rate_index);
    visit("channel_mask", Bits{8, 16}, self.channel_mask);
    visit("nb_trans", Bits{24, 4}, self.nb_trans);
    visit("channel_mask_control", Bits{28, 3}, self.channel_mask_control);
  }
  bool operator==(const LinkADRReq&) const = default;
};

/// All three set: applied. Otherwise nothing is.
struct LinkADRAns {
  static constexpr CommandKind kind{Cid::link_adr, Direction::uplink, 1, "LinkADRAns"};
  bool channel_mask_ack = false;
  bool data_rate_ack = false;
  bool tx_power_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("channel_mask_ack", Bits{0, 1}, self.channel_mask_ack);
    visit("data_rate_ack", Bits{1, 1}, self.data_rate_ack);
    visit("tx_power_ack", Bits{2, 1}, self.tx_power_ack);
  }
  bool operator==(const LinkADRAns&) const = default;
};

}  // namespace ff::mac
