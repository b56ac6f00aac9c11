// Starts an MQTT frontend.
#pragma once

#include <caf/fwd.hpp>

#include <memory>
#include <string>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_mqtt/format.hpp"
#include "actors/gateway_server/frontend_mqtt/interface.hpp"
#include "net/stream/network.hpp"

namespace ff::gateway_server {

struct MqttFrontendConfig {
  net::Endpoint local;
  const MqttFormat* format = nullptr;                  // v3 or v2
  std::string name;                                    // of its metrics: `gs-mqtt-tls`
  std::shared_ptr<const net::tls::ServerContext> tls;  // null: a plain listener
  /// Of this listener; more are closed at once. 0: no bound for one address.
  std::size_t connections_max = 65'536;
  std::size_t connections_per_address_max = 0;
  net::StreamNetwork* network = nullptr;  // outlives the actor
};

/// Listens. When the address can not be had the actor ends at once, for its supervisor to try
/// again; gateways of a frontend that ends are disconnected.
MqttFrontendHandle spawn_mqtt_frontend(caf::actor_system& system, ContextPtr context,
                                       MqttFrontendConfig config);

}  // namespace ff::gateway_server
