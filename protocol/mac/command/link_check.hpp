// LinkCheck: a device asks how well it is heard. [TS001-1.0.4 §5.2]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// How well do you hear me?
struct LinkCheckReq {
  static constexpr CommandKind kind{Cid::link_check, Direction::uplink, 0, "LinkCheckReq"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const LinkCheckReq&) const = default;
};

/// Margin of the best gateway and how many heard the request.
struct LinkCheckAns {
  static constexpr CommandKind kind{Cid::link_check, Direction::downlink, 2, "LinkCheckAns"};
  std::uint8_t margin_db = 0;      // 0-254 above the demodulation floor
  std::uint8_t gateway_count = 0;  // at least 1

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("margin_db", Bits{0, 8}, self.margin_db);
    visit("gateway_count", Bits{8, 8}, self.gateway_count);
  }
  bool operator==(const LinkCheckAns&) const = default;
};

}  // namespace ff::mac
