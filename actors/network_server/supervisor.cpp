#include "actors/network_server/supervisor.hpp"

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <stdexcept>

#include "actors/network_server/profiles/actor.hpp"
#include "actors/network_server/shard/actor.hpp"
#include "actors/network_server/shard/index_loading.hpp"
#include "actors/support/supervisor.hpp"

namespace ff::network_server {
namespace {

/// The join indices as read at the first start.
struct FirstIndexes {
  std::vector<std::optional<JoinIndex>> joins;
};

Result<JoinIndex> join_index(FirstIndexes& first, const storage::Reader& store,
                             storage::Shard shard, storage::ShardCount count) {
  if (auto& prepared = first.joins[shard.value()]) return *std::exchange(prepared, std::nullopt);
  return load_join_index(store, count, shard);
}

Result<ShardStart> read_shard(const Context& context, const storage::Reader& store,
                              FirstIndexes& first, storage::Shard shard) {
  ShardStart out;
  FF_TRY(out.addresses, load_address_index(store, shard, context.config.key_seal.get()));
  FF_TRY(out.joins, join_index(first, store, shard, context.shards.count()));
  FF_TRY(out.waiting, load_waiting_devices(store, shard));
  return out;
}

/// The first one is read here: when it serves, it has its index. One that takes the place of
/// another reads when it is found there, and not on the supervisor's thread.
caf::actor start_shard(caf::actor_system& system, const ContextPtr& context,
                       const storage::Reader& store, const std::shared_ptr<FirstIndexes>& first,
                       storage::Shard shard) {
  const auto lead_to = [&](const ShardActor& handle) {
    context->shards.route(shard).set(handle);
    context->inspectable.route(shard).set(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  auto read = [context, &store, first, shard] {
    return read_shard(*context, store, *first, shard);
  };
  if (!context->shards.at(shard)) {
    auto start = read();
    if (!start) throw std::runtime_error(start.error().to_string());
    return lead_to(spawn_shard(system, context, shard, *std::move(start)));
  }
  const auto successor = spawn_successor(system, context, shard, std::move(read));
  auto handle = lead_to(successor);
  caf::anon_send(successor, OpenShard{});
  return handle;
}

}  // namespace

Result<caf::actor> start(caf::actor_system& system, ContextPtr context,
                         const storage::Reader& store,
                         std::function<void(const std::string&)> on_escalation) {
  auto first = std::make_shared<FirstIndexes>();
  first->joins.resize(context->shards.count().value());
  if (!context->shards.at(storage::Shard{0})) {
    FF_TRY(auto joins, load_join_indexes(store, context->shards.count()));
    std::ranges::move(joins, first->joins.begin());
  }
  actors::SupervisorConfig config{.name = "network_server",
                                  .limits = {},
                                  .children = {},
                                  .clock = context->deps.clock,
                                  .metrics = context->deps.metrics,
                                  .on_escalation = std::move(on_escalation)};
  // Before the shards: it only speaks to them, and only of what is durable.
  config.children.push_back(actors::routed_child(
      "network_server_profiles", context->profiles,
      [context, &store](caf::actor_system& sys) { return spawn_profiles(sys, context, store); }));
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
