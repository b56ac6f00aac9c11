// The gRPC frontend: one actor, asked by the API for a link per stream.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/gateway_server/frontend_grpc/messages.hpp"

namespace ff::gateway_server {

using GrpcFrontendHandle =
    caf::typed_actor<caf::reacts_to<OpenLink>>;  // Connects an authenticated gateway.

}  // namespace ff::gateway_server
