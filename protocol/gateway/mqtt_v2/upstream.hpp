// What gateways of the legacy protocol (The Things Network's v2 router, over MQTT) send, as frames
// and statuses of ours. Pure; any octets are an answer or an error. [spec gateway-server §6]
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/gateway/mqtt_v2/errors.hpp"
#include "protocol/types/gateway_status.hpp"

namespace ff::gateway::mqtt_v2 {

/// Octets of the longest message of a gateway that is looked at.
inline constexpr std::size_t message_bytes_max = 16U << 10U;

/// The legacy UplinkMessage. Which gateway it is is not taken from it. Errors: lorawan_metadata,
/// invalid_modulation, invalid_field, invalid_message.
Result<UplinkFrame> decode_uplink(ByteView message, UtcTime received_at);

/// The legacy StatusMessage. Error: invalid_message.
Result<GatewayStatus> decode_status(ByteView message);

}  // namespace ff::gateway::mqtt_v2
