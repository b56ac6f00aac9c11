// FilterList: the network tells a relay which join-requests to forward. [TS011-1.0.1 §10.3]
// Layout only; why the network never asks: protocol/mac/README.md, Relays.
#pragma once

#include <cstdint>

#include "protocol/base/bytes.hpp"
#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// The only command of variable length: `length` octets of JoinEUI and DevEUI follow.
struct FilterListReq {
  static constexpr CommandKind kind{Cid::relay_filter_list, Direction::downlink, 2,
                                    "FilterListReq"};
  std::uint8_t length = 0;  // 0-16, equal to eui.size()
  std::uint8_t action = 0;  // 0 clear, 1 forward, 2 filter
  std::uint8_t index = 0;
  Bytes eui;  // most significant octet first

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("length", Bits{0, 5, 16}, self.length);
    visit("action", Bits{5, 2}, self.action);
    visit("index", Bits{7, 4}, self.index);
    visit("eui", Tail{2}, self.eui);
  }
  bool operator==(const FilterListReq&) const = default;
};

/// All set: applied.
struct FilterListAns {
  static constexpr CommandKind kind{Cid::relay_filter_list, Direction::uplink, 1, "FilterListAns"};
  bool action_ack = false;
  bool length_ack = false;
  bool combined_rules_ack = false;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("action_ack", Bits{0, 1}, self.action_ack);
    visit("length_ack", Bits{1, 1}, self.length_ack);
    visit("combined_rules_ack", Bits{2, 1}, self.combined_rules_ack);
  }
  bool operator==(const FilterListAns&) const = default;
};

}  // namespace ff::mac
