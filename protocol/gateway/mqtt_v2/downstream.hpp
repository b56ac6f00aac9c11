// What gateways of the legacy protocol are sent: the legacy DownlinkMessage. Pure. [spec
// gateway-server §6]
#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/gateway/gateway_downlink.hpp"
#include "protocol/gateway/mqtt_v2/errors.hpp"

namespace ff::gateway::mqtt_v2 {

/// Errors: not_supported for what these gateways can not do (absolute times, other modulations than
/// LoRa and FSK, a second antenna).
Result<Bytes> encode_downlink(const GatewayDownlink& downlink);

}  // namespace ff::gateway::mqtt_v2
