// The links: one actor per application that somebody listens to, and their directory. Messages do
// not pass through them (table.hpp).
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/link/messages.hpp"

namespace ff::application_server {

using LinkHandle = caf::typed_actor<caf::reacts_to<SubscribeUps>,    // One more subscriber.
                                    caf::reacts_to<UnsubscribeUps>,  // One less.
                                    caf::reacts_to<CheckIdle>,       // INTERNAL
                                    caf::reacts_to<EndLink>>;        // INTERNAL: ends.

using LinksHandle =
    caf::typed_actor<caf::reacts_to<SubscribeUps>,    // Finds or starts the application's link.
                     caf::reacts_to<UnsubscribeUps>,  // Tells it.
                     caf::reacts_to<InspectLinks>,    // Who listens.
                     caf::reacts_to<LinkIdle>>;       // INTERNAL: ends a link.

}  // namespace ff::application_server
