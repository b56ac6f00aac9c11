// INTERNAL: reading what is stored of webhooks, behind everything that an earlier incarnation
// wrote.
#pragma once

#include "actors/application_server/integration/webhook/actor.hpp"

namespace ff::application_server::webhook {

/// Answered with DeliveryRead, or CommitRefused.
void load_delivery(const WebhooksContextPtr& context, const WebhookKey& key,
                   const DeliveryActor& delivery);

/// Rows that are read at once; fewer are the end.
inline constexpr std::size_t list_step = 1024;
/// The beginning of all webhooks. Answered with RowsFound.
void list_webhooks(const WebhooksContextPtr& context, const WebhooksActor& registry);
/// What is behind `last` of webhooks or of deliveries; from the beginning if it is empty.
void list_rows(const WebhooksContext& context, const WebhooksActor& registry, bool deliveries,
               const Bytes& last);

/// Dead letters behind number `after`.
void read_letters(const WebhooksContext& context, const WebhookKey& key, std::uint64_t after,
                  std::size_t limit, actors::Reply<DeliveryState::Letters> reply);

}  // namespace ff::application_server::webhook
