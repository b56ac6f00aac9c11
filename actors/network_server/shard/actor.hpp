// Spawns network server shards; for the component's supervisor only.
#pragma once

#include "actors/network_server/context.hpp"
#include "actors/network_server/shard/address_index.hpp"
#include "actors/network_server/shard/join_index.hpp"

namespace ff::network_server {

ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                       AddressIndex addresses, JoinIndex joins);

}  // namespace ff::network_server
