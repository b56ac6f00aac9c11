// NewChannel: the network defines, changes or removes a channel. [TS001-1.0.4 §5.7]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Frequency 0 removes the channel.
struct NewChannelReq {
  static constexpr CommandKind kind{Cid::new_channel, Direction::downlink, 5, "NewChannelReq"};
  ChannelIndex channel_index;
  Frequency frequency;
  DataRateIndex min_data_rate_index;
  DataRateIndex max_data_rate_index;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("channel_index", Bits{0, 8}, self.channel_index);
    visit("frequency", Bits{8, 24}, self.frequency);
    visit("min_data_rate_index", Bits{32, 4}, self.min_data_rate_index);
    visit("max_data_rate_index", Bits{36, 4}, self.max_data_rate_index);
  }
  bool operator==(const NewChannelReq&) const = default;
};

/// Both set: applied.
struct NewChannelAns {
  static constexpr CommandKind kind{Cid::new_channel, Direction::uplink, 1, "NewChannelAns"};
  bool channel_frequency_ok = false;
  bool data_rate_range_ok = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("channel_frequency_ok", Bits{0, 1}, self.channel_frequency_ok);
    visit("data_rate_range_ok", Bits{1, 1}, self.data_rate_range_ok);
  }
  bool operator==(const NewChannelAns&) const = default;
};

}  // namespace ff::mac
