// What the shards of the join server share: configuration and the ways out.
#pragma once

#include <memory>

#include "actors/events/event.hpp"
#include "actors/join_server/activation/interface.hpp"
#include "actors/join_server/activation/table.hpp"
#include "actors/join_server/config.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/sharded.hpp"
#include "storage/engine/engine.hpp"

namespace ff::join_server {

/// Immutable after start; lives as long as the actors.
struct Context {
  Config config;
  actors::Deps deps;
  events::Publish publish;
  /// What applications have set for their activations. Null: nothing.
  activation::TablePtr activations;
  /// Their registry; filled by the supervisor when there are `activations` and a `store`.
  actors::Route<activation::RegistryHandle> activation_registry;
  const storage::Reader* store = nullptr;  // outlives the actors
  /// For actors that read the store themselves, which blocks; false in virtual time.
  bool own_thread = false;
  /// Filled by the supervisor; may be left out.
  actors::Sharded<ShardActor> inspectable;
};
using ContextPtr = std::shared_ptr<const Context>;

}  // namespace ff::join_server
