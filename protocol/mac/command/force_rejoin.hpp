// ForceRejoin: the network makes a device rejoin. [TS001-1.1 §5.13]
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Little endian as the specification writes. LoRaMac-node, and what is built on it, reads the
/// other octet first: period and retries. Whoever asks for it knows the device.
/// [shared/lorawan/regions/DISAGREEMENTS.md X-3]
struct ForceRejoinReq {
  static constexpr CommandKind kind{Cid::force_rejoin, Direction::downlink, 2, "ForceRejoinReq"};
  DataRateIndex data_rate_index;
  std::uint8_t rejoin_type = 0;  // 0 and 1: type 0; 2: type 2
  std::uint8_t max_retries = 0;
  std::uint8_t period_exp = 0;    // 32 s * 2^n + random 0-32 s
  bool high_octet_first = false;  // on air; a decoded command does not tell

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    const std::uint8_t low = self.high_octet_first ? 8 : 0;
    const std::uint8_t high = self.high_octet_first ? 0 : 8;
    const auto at = [](int first, std::uint8_t width) {
      return Bits{static_cast<std::uint8_t>(first), width};
    };
    visit("data_rate_index", at(low, 4), self.data_rate_index);
    visit("rejoin_type", at(low + 4, 3), self.rejoin_type);
    visit("max_retries", at(high, 3), self.max_retries);
    visit("period_exp", at(high + 3, 3), self.period_exp);
  }
  bool operator==(const ForceRejoinReq&) const = default;
};

}  // namespace ff::mac
