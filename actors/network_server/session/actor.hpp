// Spawns device sessions; for the shard only.
#pragma once

#include "actors/network_server/context.hpp"
#include "actors/network_server/session/interface.hpp"

namespace ff::network_server {

/// `record` is null for a device that does not exist (yet). The session tells `shard` when it has
/// gone.
SessionHandle spawn_session(caf::actor_system& system, ContextPtr context, ShardHandle shard,
                            DeviceUid device, std::shared_ptr<const Device> record);

}  // namespace ff::network_server
