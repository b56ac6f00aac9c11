// Starts the actor of one station, from its request for a traffic connection.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_basic_station/interface.hpp"
#include "actors/gateway_server/frontend_basic_station/probe.hpp"
#include "actors/support/dependants.hpp"
#include "net/http/handler.hpp"

namespace ff::gateway_server {

struct StationRequest {
  ConnectRequest connect;  // authorised
  std::shared_ptr<net::http::ResponseWriter> response;
  net::http::Headers upgrade_headers;
  std::shared_ptr<StationProbe> probe;
  std::shared_ptr<actors::Dependants> of_frontend;  // the stations of one frontend
};

/// Connects the gateway; then answers the request with a WebSocket, or with why not. Ends with the
/// WebSocket, with the connection, and with its frontend.
StationHandle spawn_station(caf::actor_system& system, ContextPtr context, StationRequest request);

/// Limits of a station's WebSocket.
websocket::SessionLimits session_limits(const BasicStationConfig& config);

}  // namespace ff::gateway_server
