// Starting the registry of webhooks.
#pragma once

#include "actors/application_server/integration/webhook/config.hpp"
#include "actors/application_server/integration/webhook/interface.hpp"
#include "actors/application_server/link/interface.hpp"
#include "actors/application_server/outbox/interface.hpp"
#include "actors/events/event.hpp"
#include "actors/support/deps.hpp"
#include "net/http_client/client.hpp"

namespace ff::application_server::webhook {

struct WebhooksContext {
  WebhooksConfig config;
  actors::Deps deps;
  storage::ShardCount shards;
  actors::Route<OutboxHandle> outbox;
  actors::Route<LinksHandle> links;
  /// Outlives the actors; null: nothing is delivered.
  net::http_client::HttpClient* client = nullptr;
  events::Publish publish;  // may be null

  bool delivers() const noexcept { return config.deliver && client != nullptr; }
};
using WebhooksContextPtr = std::shared_ptr<const WebhooksContext>;

/// Reads what is stored, then answers and delivers.
WebhooksHandle spawn_webhooks(caf::actor_system& system, WebhooksContextPtr context);

}  // namespace ff::application_server::webhook
