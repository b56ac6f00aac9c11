// What becomes of the HTTP requests of stations: discovery, traffic, or a refusal.
#pragma once

#include <caf/fwd.hpp>

#include <memory>
#include <string>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_basic_station/interface.hpp"
#include "actors/gateway_server/frontend_basic_station/probe.hpp"
#include "actors/support/dependants.hpp"
#include "net/http/handler.hpp"

namespace ff::gateway_server {

struct StationRequests {
  ContextPtr context;
  std::shared_ptr<StationProbe> probe;
  caf::actor_system* system = nullptr;  // outlives the handler
  std::shared_ptr<actors::Dependants> stations;
  std::string fallback_plan_id;
  std::string own_address;
  net::RateLimit accept_limit;  // of an address
};

/// Called on the loops of the streams.
net::http::HttpHandler make_station_handler(StationRequests requests);

/// Answers gateways whose certificate is of a trusted root with not_public, all others with
/// unauthenticated_gateway_connection. [spec gateway-server §8]
net::http::HttpHandler make_refusal_handler(std::shared_ptr<StationProbe> probe);

}  // namespace ff::gateway_server
