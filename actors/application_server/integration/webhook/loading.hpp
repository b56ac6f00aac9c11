// INTERNAL: reading what is stored of webhooks, behind everything that an earlier incarnation
// wrote.
#pragma once

#include "actors/application_server/integration/webhook/actor.hpp"

namespace ff::application_server::webhook {

/// Answered with DeliveryRead, or CommitRefused.
void load_delivery(const WebhooksContextPtr& context, const WebhookKey& key,
                   const DeliveryActor& delivery);

/// Dead letters behind number `after`.
void read_letters(const WebhooksContext& context, const WebhookKey& key, std::uint64_t after,
                  std::size_t limit, actors::Reply<DeliveryState::Letters> reply);

}  // namespace ff::application_server::webhook
