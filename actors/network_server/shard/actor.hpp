// Spawns network server shards; for the component's supervisor only.
#pragma once

#include <functional>
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

/// Blocking; on a thread of its own, if the context says so.
using ReadShard = std::function<Result<ShardStart>()>;

ShardActor spawn_shard(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                       ShardStart start);
/// In the place of one that has failed. Until OpenShard, and until it has read, whatever comes
/// waits. Only with the routes leading here may it be read: what becomes durable afterwards is told
/// to this one, what is told to the one before is durable.
ShardActor spawn_successor(caf::actor_system& system, ContextPtr context, storage::Shard shard,
                           ReadShard read);

}  // namespace ff::network_server
