// What the shards of the join server share: configuration and the ways out.
#pragma once

#include <memory>

#include "actors/events/event.hpp"
#include "actors/join_server/config.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/sharded.hpp"

namespace ff::join_server {

/// Immutable after start; lives as long as the actors.
struct Context {
  Config config;
  actors::Deps deps;
  events::Publish publish;
  /// Filled by the supervisor; may be left out.
  actors::Sharded<ShardActor> inspectable;
};
using ContextPtr = std::shared_ptr<const Context>;

}  // namespace ff::join_server
