// What others may ask of pub/sub integrations: their registry, the single writer of settings, which
// starts and ends an actor for each whose provider is not disabled.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/forget.hpp"
#include "actors/application_server/integration/pubsub/messages.hpp"

namespace ff::application_server::pubsub {

using PubSubsHandle =
    caf::typed_actor<caf::reacts_to<SetPubSub>,      // Answers when the settings are durable.
                     caf::reacts_to<DeletePubSub>,   // Leaves nothing.
                     caf::reacts_to<GetPubSub>,      // One integration.
                     caf::reacts_to<ListPubSubs>,    // Those of an application.
                     caf::reacts_to<InspectPubSub>,  // How one stands.
                     caf::reacts_to<ForgetApplication>>;

/// The same with what is nobody else's business.
using PubSubsActor =
    PubSubsHandle::extend<caf::reacts_to<RowsFound>,            // INTERNAL: the start goes on.
                          caf::reacts_to<BeginningFound>,       // INTERNAL: a change goes on.
                          caf::reacts_to<ChangeWritten>,        // INTERNAL: a change is done.
                          caf::reacts_to<ChangeTimedOut>,       // INTERNAL: a change is refused.
                          caf::reacts_to<RestartIntegration>>;  // INTERNAL: a failed one again.

/// One integration. INTERNAL to this folder.
using IntegrationActor =
    caf::typed_actor<caf::reacts_to<TellSnapshot>,       // From the registry: how it stands.
                     caf::reacts_to<EndIntegration>,     // From the registry: ends the actor.
                     caf::reacts_to<LiveMessage>,        // From the application's link.
                     caf::reacts_to<Missed>,             // The link had no room for one.
                     caf::reacts_to<IntegrationAnswer>,  // Store, link, broker, queue have
                                                         // answered.
                     caf::reacts_to<IntegrationTimer>>;

}  // namespace ff::application_server::pubsub
