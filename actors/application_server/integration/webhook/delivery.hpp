// INTERNAL: the actor of one webhook's delivery, started by the registry.
#pragma once

#include "actors/application_server/integration/webhook/actor.hpp"

namespace ff::application_server::webhook {

DeliveryActor spawn_delivery(caf::actor_system& system, WebhooksContextPtr context,
                             WebhooksActor registry, WebhookKey key, WebhookPtr webhook);

}  // namespace ff::application_server::webhook
