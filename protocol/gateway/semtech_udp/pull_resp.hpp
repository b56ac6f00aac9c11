// The JSON of PULL_RESP: one frame to transmit (`txpk`).
#pragma once

#include <string>

#include "protocol/gateway/gateway_downlink.hpp"

namespace ff::gateway::semtech_udp {

/// `{"txpk":{…}}`. Without timestamp and absolute time the frame is sent at once. Power is ERP in
/// whole dBm, rounded down, at least 0. [spec gateway-server §3.5]
std::string pull_resp_json(const GatewayDownlink& downlink);

}  // namespace ff::gateway::semtech_udp
