// The common join channels of CN470's plans by 20 and 26 MHz: on which of them a device joins says
// where it hears the join-accept, and where its RX2 is from then on. [RP002-1.0.4 §2.7]
#pragma once

#include <algorithm>

#include "protocol/region/region.hpp"

namespace ff::region {

/// The join channel with this uplink, or null: most bands have none.
inline const JoinChannel* join_channel(const Region& region, Frequency uplink) noexcept {
  const auto found = std::ranges::find(region.join_channels, uplink, &JoinChannel::uplink);
  return found == region.join_channels.end() ? nullptr : &*found;
}

}  // namespace ff::region
