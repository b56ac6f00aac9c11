// Starts the router, and makes it the network server's way to gateways.
#pragma once

#include <caf/fwd.hpp>

#include "actors/gateway_server/connection/context.hpp"
#include "actors/network_server/context.hpp"

namespace ff::gateway_server {

/// One per node. With a thread of its own a downlink does not wait behind thousands of sessions for
/// its turn, which it has no time for. `memories`: of gateways that are not connected; may be null.
RouterHandle spawn_router(caf::actor_system& system, actors::Metrics& metrics,
                          std::shared_ptr<GatewayMemories> memories, bool own_thread);

/// `Context::transmit` of the network server: asks the router that `router` leads to. An error when
/// there is none.
network_server::Transmit make_transmit(actors::Route<RouterHandle> router);

/// Uplinks to the shard of their address or EUIs, acknowledgements to the shard of their device.
Upstream make_upstream(actors::Sharded<network_server::ShardHandle> shards);

}  // namespace ff::gateway_server
