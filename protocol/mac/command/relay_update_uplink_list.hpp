// UpdateUplinkList: the network lets a relay forward for a device. [TS011-1.0.1 §10.4]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/keys.hpp"

namespace ff::mac {

/// A trusted device, its wake-on-radio counter, key and limits.
struct UpdateUplinkListReq {
  static constexpr CommandKind kind{Cid::relay_update_uplink_list, Direction::downlink, 26,
                                    "UpdateUplinkListReq"};
  std::uint8_t index = 0;
  std::uint8_t reload_rate = 0;  // tokens per hour; 63: no limit
  std::uint8_t bucket_size = 0;  // 0-3: times 1, 2, 4, 12
  DevAddr dev_addr;
  std::uint32_t w_fcnt = 0;
  Aes128Key root_wor_s_key;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("index", Bits{0, 4}, self.index);
    visit("reload_rate", Bits{8, 6}, self.reload_rate);
    visit("bucket_size", Bits{14, 2}, self.bucket_size);
    visit("dev_addr", Bits{16, 32}, self.dev_addr);
    visit("w_fcnt", Bits{48, 32}, self.w_fcnt);
    visit("root_wor_s_key", Bits{80, 128}, self.root_wor_s_key);
  }
  bool operator==(const UpdateUplinkListReq&) const = default;
};

/// Applied.
struct UpdateUplinkListAns {
  static constexpr CommandKind kind{Cid::relay_update_uplink_list, Direction::uplink, 0,
                                    "UpdateUplinkListAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const UpdateUplinkListAns&) const = default;
};

}  // namespace ff::mac
