#include "actors/join_server/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include "actors/join_server/activation/actor.hpp"
#include "actors/join_server/actor.hpp"

namespace ff::join_server {

caf::actor spawn_join_server(caf::actor_system& system, const ContextPtr& context,
                             const actors::Sharded<ShardHandle>& shards,
                             std::function<void(const std::string&)> on_escalation) {
  actors::SupervisorConfig config{.name = "join_server",
                                  .limits = {},
                                  .children = {},
                                  .clock = context->deps.clock,
                                  .metrics = context->deps.metrics,
                                  .on_escalation = std::move(on_escalation)};
  // Before the shards: they read what it has loaded, and a join without it would be another join.
  if (context->activations && context->store != nullptr) {
    config.children.push_back(actors::routed_child(
        "join_server_activation", context->activation_registry, [context](caf::actor_system& in) {
          return activation::spawn_registry(in, {.deps = context->deps,
                                                 .store = context->store,
                                                 .table = context->activations,
                                                 .key_seal = context->config.key_seal,
                                                 .own_thread = context->own_thread});
        }));
  }
  for (std::uint32_t i = 0; i < shards.count().value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    config.children.push_back(
        {"join_server_shard", [context, shard, shards](caf::actor_system& in) {
           auto handle = spawn_shard(in, context, shard);
           shards.route(shard).set(handle);
           if (context->inspectable.exists()) context->inspectable.route(shard).set(handle);
           return caf::actor_cast<caf::actor>(handle);
         }});
  }
  return actors::spawn_supervisor(system, std::move(config));
}

}  // namespace ff::join_server
