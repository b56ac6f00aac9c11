// PingSlotChannel: the network moves the ping slots. [TS001-1.0.4 §14.3]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Frequency 0 returns to the region's channel.
struct PingSlotChannelReq {
  static constexpr CommandKind kind{Cid::ping_slot_channel, Direction::downlink, 4,
                                    "PingSlotChannelReq"};
  Frequency frequency;
  DataRateIndex data_rate_index;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("frequency", Bits{0, 24}, self.frequency);
    visit("data_rate_index", Bits{24, 4}, self.data_rate_index);
  }
  bool operator==(const PingSlotChannelReq&) const = default;
};

/// Both set: applied.
struct PingSlotChannelAns {
  static constexpr CommandKind kind{Cid::ping_slot_channel, Direction::uplink, 1,
                                    "PingSlotChannelAns"};
  bool frequency_ok = false;
  bool data_rate_ok = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("frequency_ok", Bits{0, 1}, self.frequency_ok);
    visit("data_rate_ok", Bits{1, 1}, self.data_rate_ok);
  }
  bool operator==(const PingSlotChannelAns&) const = default;
};

}  // namespace ff::mac
