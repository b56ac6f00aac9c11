// Spawns network server shards; for the component's supervisor only.
#pragma once

#include <vector>

#include "actors/network_server/context.hpp"
#include "actors/network_server/shard/address_index.hpp"
#include "actors/network_server/shard/join_index.hpp"

namespace ff::network_server {

/// What the store holds for a shard. [index_loading.hpp]
struct ShardStart {
  AddressIndex addresses;
  JoinIndex joins;
  /// Woken soon after the start.
  std::vector<DeviceUid> waiting;
};

ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                       ShardStart start);

}  // namespace ff::network_server
