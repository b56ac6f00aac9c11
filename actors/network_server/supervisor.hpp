// The network server's supervision tree: one supervisor over its shards, which supervise their
// device sessions.
#pragma once

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include "actors/network_server/context.hpp"
#include "storage/engine/engine.hpp"

namespace ff::network_server {

/// Reads the indices from `store` (blocking) and starts every shard; `context->shards` leads to
/// them when this returns. Where they lead already, shards are started that take the place of
/// others and read by themselves. `store` outlives the supervisor. Errors: those of reading the
/// store.
Result<caf::actor> start(caf::actor_system& system, ContextPtr context,
                         const storage::Reader& store,
                         std::function<void(const std::string&)> on_escalation);

}  // namespace ff::network_server
