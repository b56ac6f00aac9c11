// Starts a Basic Station frontend.
#pragma once

#include <caf/fwd.hpp>

#include <memory>
#include <string>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_basic_station/interface.hpp"
#include "net/stream/network.hpp"

namespace ff::gateway_server {

struct BasicStationFrontendConfig {
  net::Endpoint local;
  std::string name;                                    // of its metrics: `basic-station-tls`
  std::shared_ptr<const net::tls::ServerContext> tls;  // null: a plain listener
  std::string fallback_plan_id;                        // empty: registered gateways only
  /// `nothing_yet`: gateways of The Things Industries, whose messages are not public; they are told
  /// so.
  enum class Serves : std::uint8_t { stations, nothing_yet };
  Serves serves = Serves::stations;
  net::StreamNetwork* network = nullptr;  // outlives the actor
};

/// Listens. When the address can not be had the actor ends at once, for its supervisor to try
/// again; stations of a frontend that ends are disconnected.
BasicStationFrontendHandle spawn_basic_station_frontend(caf::actor_system& system,
                                                        ContextPtr context,
                                                        BasicStationFrontendConfig config);

}  // namespace ff::gateway_server
