// Starting the registry of pub/sub integrations.
#pragma once

#include "actors/application_server/integration/pubsub/config.hpp"
#include "actors/application_server/integration/pubsub/interface.hpp"
#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/sharded.hpp"
#include "net/broker_client/client.hpp"

namespace ff::application_server::pubsub {

struct PubSubsContext {
  PubSubsConfig config;
  actors::Deps deps;
  storage::ShardCount shards;
  actors::Route<OutboxHandle> outbox;
  actors::Route<LinksHandle> links;
  actors::Sharded<PipelineHandle> pipelines;
  /// Outlives the actors; null: nothing is connected to.
  net::broker_client::BrokerClient* client = nullptr;
  events::Publish publish;  // may be null

  bool runs(Provider provider) const {
    return client != nullptr && !config.disabled.contains(provider);
  }
};
using PubSubsContextPtr = std::shared_ptr<const PubSubsContext>;

/// Reads what is stored, then answers and connects.
PubSubsHandle spawn_pubsubs(caf::actor_system& system, PubSubsContextPtr context);

}  // namespace ff::application_server::pubsub
