// Starts gateway connections.
#pragma once

#include <caf/fwd.hpp>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/connection/interface.hpp"

namespace ff::gateway_server {

/// Looks the gateway up, then tells `frontend` ConnectionReady or ConnectionEnded. Monitored by the
/// frontend: it may also end by a failure.
ConnectionHandle spawn_connection(caf::actor_system& system, ContextPtr context,
                                  ConnectRequest request, FrontendHandle frontend);

}  // namespace ff::gateway_server
