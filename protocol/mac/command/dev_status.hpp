// DevStatus: the network asks for battery and reception margin. [TS001-1.0.4 §5.6]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// How are you?
struct DevStatusReq {
  static constexpr CommandKind kind{Cid::dev_status, Direction::downlink, 0, "DevStatusReq"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const DevStatusReq&) const = default;
};

/// Battery and SNR of the request. The margin is six-bit two's complement; the reference
/// reads negative values differently and wrongly. [shared/lorawan/regions/DISAGREEMENTS.md X-2]
struct DevStatusAns {
  static constexpr CommandKind kind{Cid::dev_status, Direction::uplink, 2, "DevStatusAns"};
  std::uint8_t battery = 0;   // 0: external power, 1-254: level, 255: unknown
  std::int8_t margin_db = 0;  // -32 to 31

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("battery", Bits{0, 8}, self.battery);
    visit("margin_db", Bits{8, 6}, self.margin_db);
  }
  bool operator==(const DevStatusAns&) const = default;
};

}  // namespace ff::mac
