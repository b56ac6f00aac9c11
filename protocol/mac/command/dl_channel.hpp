// DlChannel: the network moves the RX1 frequency of a channel. [TS001-1.0.4 §5.10]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Answer uplinks of this channel on this frequency.
struct DlChannelReq {
  static constexpr CommandKind kind{Cid::dl_channel, Direction::downlink, 4, "DlChannelReq"};
  ChannelIndex channel_index;
  Frequency frequency;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("channel_index", Bits{0, 8}, self.channel_index);
    visit("frequency", Bits{8, 24}, self.frequency);
  }
  bool operator==(const DlChannelReq&) const = default;
};

/// Both set: applied. Repeated until a class A downlink arrives.
struct DlChannelAns {
  static constexpr CommandKind kind{Cid::dl_channel, Direction::uplink, 1, "DlChannelAns"};
  bool channel_frequency_ok = false;
  bool uplink_frequency_exists = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("channel_frequency_ok", Bits{0, 1}, self.channel_frequency_ok);
    visit("uplink_frequency_exists", Bits{1, 1}, self.uplink_frequency_exists);
  }
  bool operator==(const DlChannelAns&) const = default;
};

}  // namespace ff::mac
