// An uplink through a relay as the network server takes it in: the device's frame, with the relay
// as its only receiver. [spec network-server §17]
#pragma once

#include <vector>

#include "protocol/base/time.hpp"
#include "protocol/relay/forward.hpp"
#include "protocol/types/frames.hpp"

namespace ff::relay {

/// The relay's own uplink, which carried the frame.
struct Carrier {
  const UplinkFrame& frame;
  const std::vector<RxMetadata>& rx_metadata;  // of all gateways
  Duration airtime{0};
};

/// Times are those of the carrier, corrected by its airtime and the delay before it; but
/// `received_at` of the frame is the carrier's, from which the relay's windows count. `token` leads
/// back to the relay (uplink_token.hpp).
UplinkFrame relayed_frame(const ForwardedUplink& uplink, const DataRate& data_rate,
                          const Carrier& carrier, RelayMetadata relay, Bytes token);

/// Whether a relay heard it. Copies by gateways are another round of de-duplication.
inline bool is_relayed(const UplinkFrame& frame) noexcept {
  return !frame.rx_metadata.empty() && frame.rx_metadata.front().relay.has_value();
}

}  // namespace ff::relay
