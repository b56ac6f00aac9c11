// ConfigureFwdLimit: the network limits what a relay forwards. [TS011-1.0.1 §10.6]
// Layout only; the network side of the exchange is in the .cpp beside it, declared in exchange.hpp.
#pragma once

#include <cstdint>

#include "protocol/mac/command/layout.hpp"

namespace ff::mac {

/// Token buckets; a reload rate of 127 is no limit.
struct ConfigureFwdLimitReq {
  static constexpr CommandKind kind{Cid::relay_configure_fwd_limit, Direction::downlink, 5,
                                    "ConfigureFwdLimitReq"};
  std::uint8_t overall_reload_rate = 0;
  std::uint8_t global_uplink_reload_rate = 0;
  std::uint8_t notify_reload_rate = 0;
  std::uint8_t join_req_reload_rate = 0;
  std::uint8_t reset_limit_counter = 0;  // 0 zero, 1 reload rate, 2 maximum, 3 keep
  std::uint8_t overall_bucket_size = 0;
  std::uint8_t global_uplink_bucket_size = 0;
  std::uint8_t notify_bucket_size = 0;
  std::uint8_t join_req_bucket_size = 0;

  template <class Self, class Visitor>
  static void layout(Self& self, Visitor& visit) {
    visit("overall_reload_rate", Bits{0, 7}, self.overall_reload_rate);
    visit("global_uplink_reload_rate", Bits{7, 7}, self.global_uplink_reload_rate);
    visit("notify_reload_rate", Bits{14, 7}, self.notify_reload_rate);
    visit("join_req_reload_rate", Bits{21, 7}, self.join_req_reload_rate);
    visit("reset_limit_counter", Bits{28, 2}, self.reset_limit_counter);
    visit("overall_bucket_size", Bits{32, 2}, self.overall_bucket_size);
    visit("global_uplink_bucket_size", Bits{34, 2}, self.global_uplink_bucket_size);
    visit("notify_bucket_size", Bits{36, 2}, self.notify_bucket_size);
    visit("join_req_bucket_size", Bits{38, 2}, self.join_req_bucket_size);
  }
  bool operator==(const ConfigureFwdLimitReq&) const = default;
};

/// Applied.
struct ConfigureFwdLimitAns {
  static constexpr CommandKind kind{Cid::relay_configure_fwd_limit, Direction::uplink, 0,
                                    "ConfigureFwdLimitAns"};

  template <class Self, class Visitor>
  static void layout(Self&, Visitor&) {}
  bool operator==(const ConfigureFwdLimitAns&) const = default;
};

}  // namespace ff::mac
