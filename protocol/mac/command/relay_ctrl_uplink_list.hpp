// CtrlUplinkList: the network reads or removes a relay's trusted device. [TS011-1.0.1 §10.5]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// Read or remove entry `index`.
struct CtrlUplinkListReq {
  static constexpr CommandKind kind{Cid::relay_ctrl_uplink_list, Direction::downlink, 1,
                                    "CtrlUplinkListReq"};
  std::uint8_t index = 0;
  std::uint8_t action = 0;  // 0 read the counter, 1 remove

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("index", Bits{0, 4}, self.index);
    visit("action", Bits{4, 1}, self.action);
  }
  bool operator==(const CtrlUplinkListReq&) const = default;
};

/// The counter of the entry, if it exists.
struct CtrlUplinkListAns {
  static constexpr CommandKind kind{Cid::relay_ctrl_uplink_list, Direction::uplink, 5,
                                    "CtrlUplinkListAns"};
  bool index_ack = false;
  std::uint32_t w_fcnt = 0;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("index_ack", Bits{0, 1}, self.index_ack);
    visit("w_fcnt", Bits{8, 32}, self.w_fcnt);
  }
  bool operator==(const CtrlUplinkListAns&) const = default;
};

}  // namespace ff::mac
