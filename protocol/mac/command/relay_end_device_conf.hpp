// EndDeviceConf: the network configures a device behind a relay. [TS011-1.0.1 §10.2]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// When and where the device wakes its relay.
struct EndDeviceConfReq {
  static constexpr CommandKind kind{Cid::relay_end_device_conf, Direction::downlink, 6,
                                    "EndDeviceConfReq"};
  std::uint8_t smart_enable_level = 0;  // 0-3: 8, 16, 32, 64 uplinks
  std::uint8_t activation_mode = 0;     // 0 off, 1 always, 2 dynamic, 3 device controlled
  std::uint8_t second_ch_ack_offset = 0;
  DataRateIndex second_ch_data_rate;
  std::uint8_t second_ch_index = 0;
  std::uint8_t backoff = 0;
  Frequency second_ch_frequency;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("smart_enable_level", Bits{0, 2}, self.smart_enable_level);
    visit("activation_mode", Bits{2, 2}, self.activation_mode);
    visit("second_ch_ack_offset", Bits{8, 3}, self.second_ch_ack_offset);
    visit("second_ch_data_rate", Bits{11, 4}, self.second_ch_data_rate);
    visit("second_ch_index", Bits{15, 2}, self.second_ch_index);
    visit("backoff", Bits{17, 6}, self.backoff);
    visit("second_ch_frequency", Bits{24, 24}, self.second_ch_frequency);
  }
  bool operator==(const EndDeviceConfReq&) const = default;
};

/// All set: applied.
struct EndDeviceConfAns {
  static constexpr CommandKind kind{Cid::relay_end_device_conf, Direction::uplink, 1,
                                    "EndDeviceConfAns"};
  bool second_ch_frequency_ack = false;
  bool second_ch_data_rate_ack = false;
  bool second_ch_index_ack = false;
  bool backoff_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("second_ch_frequency_ack", Bits{0, 1}, self.second_ch_frequency_ack);
    visit("second_ch_data_rate_ack", Bits{1, 1}, self.second_ch_data_rate_ack);
    visit("second_ch_index_ack", Bits{2, 1}, self.second_ch_index_ack);
    visit("backoff_ack", Bits{3, 1}, self.backoff_ack);
  }
  bool operator==(const EndDeviceConfAns&) const = default;
};

}  // namespace ff::mac
