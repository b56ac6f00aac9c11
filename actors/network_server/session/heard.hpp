// How long a frame took from its gateway to here: what tells a copy that comes late from the device
// repeating itself. Not how long a gateway kept it, which its connection has found out already
// (gateway_server/connection/late_frames.hpp).
#pragma once

#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// Zero if nobody knows.
inline Duration on_the_way(const UplinkFrame& frame) noexcept {
  if (frame.rx_metadata.empty()) return {};
  const auto heard_at = frame.rx_metadata.front().received_at;
  const bool is_known = heard_at != UtcTime() && heard_at < frame.received_at;
  return is_known ? frame.received_at - heard_at : Duration::zero();
}

}  // namespace ff::network_server
