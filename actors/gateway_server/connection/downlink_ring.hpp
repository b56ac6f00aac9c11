// The last downlinks of a connection, by token, until they are acknowledged. [spec gateway-server
// §2.5, where they are sixteen: too few for gateways that report when a frame has been sent, up to
// six seconds after they got it]
#pragma once

#include <memory>
#include <vector>

#include "actors/gateway_server/connection/messages.hpp"
#include "protocol/schedule/emissions.hpp"

namespace ff::gateway_server {

/// 128 downlinks; older ones are forgotten. One ring per connection: an acknowledgement never
/// meets another gateway's downlink.
class DownlinkRing {
 public:
  static constexpr std::size_t size = 128;

  /// Tokens count from 1 to 65535 and begin again; 0 is never one.
  DownlinkToken add(std::shared_ptr<const DownlinkFrame> downlink, schedule::Emission emission);
  struct Sent {
    std::shared_ptr<const DownlinkFrame> downlink;  // null when unknown, or taken before
    schedule::Emission emission;
  };
  /// The downlink, once; none when it is overwritten.
  Sent take(DownlinkToken token);

 private:
  struct Entry {
    DownlinkToken token;
    Sent sent;
  };
  std::vector<Entry> entries_;  // empty before the first: most gateways send nothing
  std::uint16_t last_ = 0;
};

}  // namespace ff::gateway_server
