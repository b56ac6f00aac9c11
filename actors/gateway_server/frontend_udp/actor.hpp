// Starts a Semtech UDP frontend.
#pragma once

#include <caf/fwd.hpp>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_udp/intake.hpp"
#include "net/udp/datagram_socket.hpp"

namespace ff::gateway_server {

struct UdpFrontendConfig {
  net::Endpoint local;
  std::string fallback_plan_id;             // empty: registered gateways only
  net::DatagramNetwork* network = nullptr;  // outlives the actor
  /// The frontends that share the listener, and which of them this is; null: it is alone.
  std::shared_ptr<const UdpListenerShare> share;
  std::size_t number = 0;
};

/// Opens its socket. When the address can not be bound the actor ends at once, for its supervisor
/// to try again.
UdpFrontendHandle spawn_udp_frontend(caf::actor_system& system, ContextPtr context,
                                     UdpFrontendConfig config);

}  // namespace ff::gateway_server
