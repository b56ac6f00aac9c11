// What others may ask of application packages: the registry of associations, their single writer,
// which starts and ends an actor for each package that an application uses.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/integration/forget.hpp"
#include "actors/application_server/integration/packages/messages.hpp"

namespace ff::application_server::packages {

using PackagesHandle =
    caf::typed_actor<caf::reacts_to<SetAssociation>,     // Answers when it is durable.
                     caf::reacts_to<DeleteAssociation>,  // Leaves nothing.
                     caf::reacts_to<GetAssociation>,     // One association.
                     caf::reacts_to<ListAssociations>,   // Those of an application or a device.
                     caf::reacts_to<ForgetApplication>,
                     caf::reacts_to<ForgetDevice>,      // A device is gone.
                     caf::reacts_to<ForgetDefaults>,    // An application's link is gone.
                     caf::reacts_to<InspectConsumer>,   // How one stands.
                     caf::reacts_to<InspectPackages>>;  // What is there.

/// The same with what is nobody else's business.
using PackagesActor =
    PackagesHandle::extend<caf::reacts_to<RowsFound>,         // INTERNAL: the start goes on.
                           caf::reacts_to<BeginningFound>,    // INTERNAL: a change goes on.
                           caf::reacts_to<ChangeWritten>,     // INTERNAL: a change is done.
                           caf::reacts_to<ChangeTimedOut>,    // INTERNAL: a change is refused.
                           caf::reacts_to<RestartConsumer>>;  // INTERNAL: a failed one again.

/// One package of one application. INTERNAL to this folder.
using ConsumerActor =
    caf::typed_actor<caf::reacts_to<AssociationChanged>,  // From the registry.
                     caf::reacts_to<DeviceForgotten>,     // From the registry.
                     caf::reacts_to<TellSnapshot>,        // From the registry: how it stands.
                     caf::reacts_to<EndConsumer>,         // From the registry: ends the actor.
                     caf::reacts_to<LiveMessage>,         // From the application's link.
                     caf::reacts_to<Missed>,              // The link had no room for one.
                     caf::reacts_to<ConsumerAnswer>,      // Store, link, pipeline, server have
                                                          // answered.
                     caf::reacts_to<ConsumerTimer>>;

}  // namespace ff::application_server::packages
