// ForceRejoin: the network makes a device rejoin. [TS001-1.1 §5.13]
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/radio.hpp"

namespace ff::mac {

/// Little endian as the specification writes; some devices read the other octet first.
/// [DISAGREEMENTS X-3]
struct ForceRejoinReq {
  static constexpr CommandKind kind{Cid::force_rejoin, Direction::downlink, 2, "ForceRejoinReq"};
  DataRateIndex data_rate_index;
  std::uint8_t rejoin_type = 0;  // 0 and 1: type 0; 2: type 2
  std::uint8_t max_retries = 0;
  std::uint8_t period_exp = 0;  // 32 s * 2^n + random 0-32 s

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("data_rate_index", Bits{0, 4}, self.data_rate_index);
    visit("rejoin_type", Bits{4, 3}, self.rejoin_type);
    visit("max_retries", Bits{8, 3}, self.max_retries);
    visit("period_exp", Bits{11, 3}, self.period_exp);
  }
  bool operator==(const ForceRejoinReq&) const = default;
};

}  // namespace ff::mac
