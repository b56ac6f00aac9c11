// Starts the join server: one shard actor per shard of EUI pairs, supervised. Not its interop
// client and server.
#pragma once

#include <caf/actor.hpp>

#include "actors/join_server/context.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/support/sharded.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::join_server {

/// Fills `shards`, whose copies follow restarts. Stop with caf::exit_reason::user_shutdown.
/// `on_escalation` as in SupervisorConfig.
caf::actor spawn_join_server(caf::actor_system& system, const ContextPtr& context,
                             const actors::Sharded<ShardHandle>& shards,
                             std::function<void(const std::string&)> on_escalation);

}  // namespace ff::join_server
