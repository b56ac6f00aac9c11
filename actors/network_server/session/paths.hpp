// The gateways that can answer an uplink, best first.
#pragma once

#include <vector>

#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// Without constraint before "prefer other", by signal within each; at most eight. [spec
/// network-server §11.6]
std::vector<DownlinkPath> paths_of(const std::vector<RxMetadata>& rx_metadata);

}  // namespace ff::network_server
