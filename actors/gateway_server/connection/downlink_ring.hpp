// The last downlinks of a connection, by token, until they are acknowledged. [spec gateway-server
// §2.5]
#pragma once

#include <array>
#include <memory>

#include "actors/gateway_server/connection/messages.hpp"

namespace ff::gateway_server {

/// Sixteen downlinks; older ones are forgotten. One ring per connection: an acknowledgement never
/// meets another gateway's downlink.
class DownlinkRing {
 public:
  static constexpr std::size_t size = 16;

  /// Tokens count from 1 to 65535 and begin again; 0 is never one.
  DownlinkToken add(std::shared_ptr<const DownlinkFrame> downlink);
  /// The downlink, once; null when unknown, overwritten or taken before.
  std::shared_ptr<const DownlinkFrame> take(DownlinkToken token);

 private:
  struct Entry {
    DownlinkToken token;
    std::shared_ptr<const DownlinkFrame> downlink;
  };
  std::array<Entry, size> entries_;
  std::uint16_t last_ = 0;
};

}  // namespace ff::gateway_server
