// Starts the gRPC frontend.
#pragma once

#include <caf/fwd.hpp>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/gateway_server/frontend_grpc/interface.hpp"

namespace ff::gateway_server {

/// Gateways of a frontend that ends are disconnected.
GrpcFrontendHandle spawn_grpc_frontend(caf::actor_system& system, ContextPtr context);

}  // namespace ff::gateway_server
