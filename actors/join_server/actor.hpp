// Starts a shard of the join server; its handle is interface.hpp's.
#pragma once

#include "actors/join_server/context.hpp"
#include "actors/join_server/interface.hpp"
#include "storage/keys/shard.hpp"

namespace ff::join_server {

/// Serves at once, also as the successor of a shard that failed: records are read only when every
/// write of the predecessor is decided.
ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard);

}  // namespace ff::join_server
