// RelayConf: the network configures a relay. [TS011-1.0.1 §10.1]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Channels and scan period of a relay.
struct RelayConfReq {
  static constexpr CommandKind kind{Cid::relay_conf, Direction::downlink, 5, "RelayConfReq"};
  std::uint8_t second_ch_ack_offset = 0;  // 0-5: 0, 200, 400, 800, 1600, 3200 kHz
  DataRateIndex second_ch_data_rate;
  std::uint8_t second_ch_index = 0;  // 0: no second channel
  std::uint8_t default_ch_index = 0;
  std::uint8_t cad_periodicity = 0;  // 0-5: 1000, 500, 250, 100, 50, 20 ms
  bool start = false;
  Frequency second_ch_frequency;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("second_ch_ack_offset", Bits{0, 3}, self.second_ch_ack_offset);
    visit("second_ch_data_rate", Bits{3, 4}, self.second_ch_data_rate);
    visit("second_ch_index", Bits{7, 2}, self.second_ch_index);
    visit("default_ch_index", Bits{9, 1}, self.default_ch_index);
    visit("cad_periodicity", Bits{10, 3}, self.cad_periodicity);
    visit("start", Bits{13, 1}, self.start);
    visit("second_ch_frequency", Bits{16, 24}, self.second_ch_frequency);
  }
  bool operator==(const RelayConfReq&) const = default;
};

/// All set: applied.
struct RelayConfAns {
  static constexpr CommandKind kind{Cid::relay_conf, Direction::uplink, 1, "RelayConfAns"};
  bool second_ch_frequency_ack = false;
  bool second_ch_ack_offset_ack = false;
  bool second_ch_data_rate_ack = false;
  bool second_ch_index_ack = false;
  bool default_ch_index_ack = false;
  bool cad_periodicity_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("second_ch_frequency_ack", Bits{0, 1}, self.second_ch_frequency_ack);
    visit("second_ch_ack_offset_ack", Bits{1, 1}, self.second_ch_ack_offset_ack);
    visit("second_ch_data_rate_ack", Bits{2, 1}, self.second_ch_data_rate_ack);
    visit("second_ch_index_ack", Bits{3, 1}, self.second_ch_index_ack);
    visit("default_ch_index_ack", Bits{4, 1}, self.default_ch_index_ack);
    visit("cad_periodicity_ack", Bits{5, 1}, self.cad_periodicity_ack);
  }
  bool operator==(const RelayConfAns&) const = default;
};

}  // namespace ff::mac
