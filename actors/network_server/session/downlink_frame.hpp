// What downlinks of all classes share: how much a window holds, and the counter a frame takes.
#pragma once

#include <optional>

#include "protocol/mac/state.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

/// FHDR without FOpts, and FPort.
inline constexpr std::size_t frame_header_size = 8;

/// A window that can be used, and what fits into it.
struct Opening : RxWindow {
  std::size_t max_mac_payload = 0;  // octets, as the region says

  /// For FRMPayload and FOpts.
  std::size_t room() const noexcept {
    return max_mac_payload > frame_header_size ? max_mac_payload - frame_header_size : 0;
  }
};

/// Nothing if the region has no such data rate, or nothing fits.
std::optional<Opening> open_window(const region::Region& region, DataRateIndex index,
                                   Frequency frequency, region::DwellTime dwell);

/// An application's item brings its counter; a frame of the network's own takes the next one.
/// Returned counters are never given again.
FCnt32 spend_counter(mac::Session& session, bool is_1_1,
                     const std::optional<ApplicationDownlink>& application);

}  // namespace ff::network_server
