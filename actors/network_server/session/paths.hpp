// The gateways that can answer an uplink, best first.
#pragma once

#include <optional>
#include <vector>

#include "protocol/relay/uplink_token.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// Without constraint before "prefer other", by signal within each; at most eight. [spec
/// network-server §11.6]
std::vector<DownlinkPath> paths_of(const std::vector<RxMetadata>& rx_metadata);

/// What a gateway hears the device with: the best of `rx_metadata`. Higher is better; no unit.
float signal_of(const std::vector<RxMetadata>& rx_metadata) noexcept;

/// `first` and then those of `more` that go by other antennas; at most eight.
std::vector<DownlinkPath> joined_paths(std::vector<DownlinkPath> first,
                                       const std::vector<DownlinkPath>& more);

/// The relay that heard it best, when relays did. One of another application does not count.
std::optional<relay::UplinkToken> relay_of(const std::vector<RxMetadata>& rx_metadata,
                                           const ApplicationId& application);

}  // namespace ff::network_server
