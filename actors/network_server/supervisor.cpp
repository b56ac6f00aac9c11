#include "actors/network_server/supervisor.hpp"

#include <caf/actor_cast.hpp>
#include <stdexcept>

#include "actors/network_server/profiles/actor.hpp"
#include "actors/network_server/shard/actor.hpp"
#include "actors/network_server/shard/index_loading.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::network_server {
namespace {

/// The join indices as read at the first start; a restarted shard reads its own again.
struct FirstIndexes {
  std::vector<std::optional<JoinIndex>> joins;
};

Result<JoinIndex> join_index(const std::shared_ptr<FirstIndexes>& first,
                             const storage::Reader& store, storage::Shard shard,
                             storage::ShardCount count) {
  if (auto& prepared = first->joins[shard.value()]) return *std::exchange(prepared, std::nullopt);
  FF_TRY(auto all, load_join_indexes(store, count));
  return std::move(all[shard.value()]);
}

caf::actor start_shard(caf::actor_system& system, const ContextPtr& context,
                       const storage::Reader& store, const std::shared_ptr<FirstIndexes>& first,
                       storage::Shard shard) {
  auto addresses = load_address_index(store, shard, context->config.key_seal.get());
  auto joins = join_index(first, store, shard, context->shards.count());
  if (!addresses) throw std::runtime_error(addresses.error().to_string());
  if (!joins) throw std::runtime_error(joins.error().to_string());
  auto waiting = load_waiting_devices(store, shard);
  if (!waiting) throw std::runtime_error(waiting.error().to_string());
  auto handle = spawn_shard(system, context, shard,
                            {*std::move(addresses), *std::move(joins), *std::move(waiting)});
  context->shards.route(shard).set(handle);
  if (context->inspectable.exists()) context->inspectable.route(shard).set(handle);
  return caf::actor_cast<caf::actor>(handle);
}

}  // namespace

Result<caf::actor> start(caf::actor_system& system, ContextPtr context,
                         const storage::Reader& store,
                         std::function<void(const std::string&)> on_escalation) {
  auto first = std::make_shared<FirstIndexes>();
  FF_TRY(auto joins, load_join_indexes(store, context->shards.count()));
  for (auto& index : joins) first->joins.emplace_back(std::move(index));
  actors::SupervisorConfig config{.name = "network_server",
                                  .limits = {},
                                  .children = {},
                                  .clock = context->deps.clock,
                                  .metrics = context->deps.metrics,
                                  .on_escalation = std::move(on_escalation)};
  // Before the shards: it only speaks to them, and only of what is durable.
  config.children.push_back({"network_server_profiles", [context, &store](caf::actor_system& sys) {
                               auto handle = spawn_profiles(sys, context, store);
                               context->profiles.set(handle);
                               return caf::actor_cast<caf::actor>(handle);
                             }});
  for (std::uint32_t i = 0; i < context->shards.count().value(); ++i) {
    const storage::Shard shard{static_cast<std::uint16_t>(i)};
    config.children.push_back(
        {"network_server_shard", [context, &store, first, shard](caf::actor_system& sys) {
           return start_shard(sys, context, store, first, shard);
         }});
  }
  return actors::spawn_supervisor(system, std::move(config));
}

}  // namespace ff::network_server
