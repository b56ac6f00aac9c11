// Starts the actor of one linked gateway.
#pragma once

#include <caf/fwd.hpp>

#include <memory>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/link/interface.hpp"
#include "actors/gateway_server/link/port.hpp"
#include "actors/gateway_server/link/probe.hpp"
#include "actors/support/dependants.hpp"

namespace ff::gateway_server {

struct LinkRequest {
  ConnectRequest connect;  // authenticated
  std::shared_ptr<LinkPort> port;
  std::shared_ptr<LinkProbe> probe;
  std::shared_ptr<actors::Dependants> of_frontend;  // the links of one frontend
};

/// Connects the gateway and tells the port. Ends with the connection, with LinkClosed, and with its
/// frontend. Any thread.
LinkHandle spawn_link(caf::actor_system& system, ContextPtr context, LinkRequest request);

}  // namespace ff::gateway_server
