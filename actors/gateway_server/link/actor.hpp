// Starts the actor of one linked gateway.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/link/interface.hpp"
#include "actors/gateway_server/link/port.hpp"
#include "actors/gateway_server/link/probe.hpp"

namespace ff::gateway_server {

struct LinkRequest {
  ConnectRequest connect;  // authenticated
  std::shared_ptr<LinkPort> port;
  std::shared_ptr<LinkProbe> probe;
};

/// Connects the gateway and tells the port. Ends with the connection, with LinkClosed, and with
/// `frontend`, an actor. Any thread.
LinkHandle spawn_link(caf::actor_system& system, ContextPtr context, LinkRequest request,
                      const caf::actor_addr& frontend);

}  // namespace ff::gateway_server
