// What downlinks of all classes share: how much a window holds, and the counter a frame takes.
#pragma once

#include <chrono>
#include <optional>

#include "protocol/mac/profile.hpp"
#include "protocol/mac/state.hpp"
#include "protocol/region/region.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

inline constexpr std::chrono::seconds rx2_after_rx1{1};
/// To RX1 of a join. [RP002 §3.1 JOIN_ACCEPT_DELAY1]
inline constexpr std::chrono::seconds join_accept_delay{5};
/// A gateway needs this much time before an emission; later there is no use in asking. [spec
/// gateway-server §9.1]
inline constexpr Duration lead_time = std::chrono::milliseconds{130};

/// Octets for FRMPayload and FOpts beside FHDR and FPort.
constexpr std::size_t room_in(std::size_t max_mac_payload) noexcept {
  constexpr std::size_t header_size = 8;
  return max_mac_payload > header_size ? max_mac_payload - header_size : 0;
}

/// A window that can be used, and what fits into it.
struct Opening : RxWindow {
  std::size_t max_mac_payload = 0;  // octets, as the region says
};

/// Nothing if the region has no such data rate, or nothing fits.
std::optional<Opening> open_window(const mac::DeviceProfile& profile, DataRateIndex index,
                                   Frequency frequency, region::DwellTime dwell);

/// An application's item brings its counter; a frame of the network's own takes the next one.
/// Returned counters are never given again.
FCnt32 spend_counter(mac::Session& session, bool is_1_1,
                     const std::optional<ApplicationDownlink>& application);

/// The counter of a frame of the network's own on a port above 0: from 1.1 on such ports count
/// apart. [TS001-1.1 §4.3.1.5]
FCnt32 spend_port_counter(mac::Session& session, bool is_1_1);

/// Takes the first item out of the queue if it has this counter: it was sent, or can not be.
void drop_first_item(mac::Session& session, FCnt32 f_cnt);

}  // namespace ff::network_server
