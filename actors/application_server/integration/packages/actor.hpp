// Starting the registry of package associations.
#pragma once

#include "actors/application_server/integration/packages/config.hpp"
#include "actors/application_server/integration/packages/interface.hpp"
#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/application_server/pipeline/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/sharded.hpp"
#include "net/http_client/client.hpp"

namespace ff::application_server::packages {

struct PackagesContext {
  PackagesConfig config;
  actors::Deps deps;
  storage::ShardCount shards;
  actors::Route<OutboxHandle> outbox;
  actors::Route<LinksHandle> links;
  actors::Sharded<PipelineHandle> pipelines;
  /// Outlives the actors; null: servers are not asked.
  net::http_client::HttpClient* client = nullptr;
  events::Publish publish;  // may be null
};
using PackagesContextPtr = std::shared_ptr<const PackagesContext>;

/// Reads what is stored, then answers and handles messages.
PackagesHandle spawn_packages(caf::actor_system& system, PackagesContextPtr context);

}  // namespace ff::application_server::packages
