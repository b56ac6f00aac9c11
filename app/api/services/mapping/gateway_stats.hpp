// What a gateway's connection counts, as the API shows it.
#pragma once

#include "actors/gateway_server/connection/messages.hpp"
#include "ttn/lorawan/v3/gateway.pb.h"

namespace ff::api {

void put_status(const GatewayStatus& status, ttn::lorawan::v3::GatewayStatus& out);
ttn::lorawan::v3::GatewayConnectionStats to_proto(const gateway_server::ConnectionStats& stats);

}  // namespace ff::api
