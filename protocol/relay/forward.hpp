// What travels between a relay and the network on FPort 226: uplinks that the relay forwards, and
// frames that it is to send. The keys of wake-up frames are protocol/join's; what a relay is told
// by MAC commands is protocol/mac/relay.hpp's. [TS011-1.0.1 §9]
#pragma once

#include <chrono>
#include <cstdint>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/counters.hpp"
#include "protocol/types/radio.hpp"

namespace ff::relay {

inline constexpr FPort forward_port{226};
/// From the end of a device's uplink to the start of the relay's. [spec network-server §17]
inline constexpr Duration forward_delay = std::chrono::milliseconds{50};
/// From the end of a device's uplink to the window in which its relay answers it.
inline constexpr std::chrono::seconds receive_delay{18};

/// ForwardUplinkReq: a frame as the relay heard it.
struct ForwardedUplink {
  DataRateIndex data_rate;       // 0-15
  std::int8_t snr_db = 0;        // -20 to 11
  std::int16_t rssi_dbm = -15;   // -142 to -15
  std::uint8_t wor_channel = 0;  // 0 default, 1 second
  Frequency frequency;
  Bytes phy_payload;  // not empty
  bool operator==(const ForwardedUplink&) const = default;
};

/// The FRMPayload in clear. `frequency_step_hz` is the region's. Errors (pkg/encoding/lorawan):
/// encoded_field_length_bound, field_bound, unknown_field.
Result<ForwardedUplink> decode_forwarded_uplink(ByteView frm_payload,
                                                std::uint32_t frequency_step_hz);
Result<Bytes> encode_forwarded_uplink(const ForwardedUplink& uplink,
                                      std::uint32_t frequency_step_hz);

/// ForwardDownlinkReq: the frame as it is. Error: encoded_field_length_bound when it is empty.
Result<Bytes> encode_forwarded_downlink(ByteView phy_payload);

}  // namespace ff::relay
