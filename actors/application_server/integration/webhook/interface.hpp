// What others may ask of webhooks: their registry, the single writer of settings, which starts and
// ends a delivery for each webhook that is not paused.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/forget.hpp"
#include "actors/application_server/integration/webhook/messages.hpp"

namespace ff::application_server::webhook {

using WebhooksHandle =
    caf::typed_actor<caf::reacts_to<SetWebhook>,       // Answers when the settings are durable.
                     caf::reacts_to<DeleteWebhook>,    // Leaves nothing.
                     caf::reacts_to<GetWebhook>,       // One webhook with its health.
                     caf::reacts_to<ListWebhooks>,     // Those of an application.
                     caf::reacts_to<OrderDelivery>,    // Passed on to the webhook's delivery.
                     caf::reacts_to<InspectDelivery>,  // How a delivery stands.
                     caf::reacts_to<ListDeadLetters>,  // What was given up.
                     caf::reacts_to<ForgetApplication>>;

/// The same with what is nobody else's business.
using WebhooksActor =
    WebhooksHandle::extend<caf::reacts_to<RowsFound>,         // INTERNAL: the start goes on.
                           caf::reacts_to<BeginningFound>,    // INTERNAL: a change goes on.
                           caf::reacts_to<ChangeWritten>,     // INTERNAL: a change is done.
                           caf::reacts_to<ChangeTimedOut>,    // INTERNAL: a change is refused.
                           caf::reacts_to<HealthChanged>,     // INTERNAL: from a delivery.
                           caf::reacts_to<RestartDelivery>>;  // INTERNAL: a failed one again.

/// One webhook's delivery. INTERNAL to this folder.
using DeliveryActor =
    caf::typed_actor<caf::reacts_to<ConfigureDelivery>,  // From the registry: other settings.
                     caf::reacts_to<CarryOut>,           // From the registry: an operator's order.
                     caf::reacts_to<TellSnapshot>,       // From the registry: how it stands.
                     caf::reacts_to<EndDelivery>,        // From the registry: ends the actor.
                     caf::reacts_to<LiveMessage>,        // From the application's link.
                     caf::reacts_to<Missed>,             // The link had no room for one.
                     caf::reacts_to<DeliveryAnswer>,     // Store, link and endpoint have answered.
                     caf::reacts_to<DeliveryTimer>>;

}  // namespace ff::application_server::webhook
