// The event store: keeps events for a while, so that a client that comes later sees what happened,
// and what belongs together.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/events/store/messages.hpp"

namespace ff::events {

using EventStoreHandle =
    caf::typed_actor<caf::reacts_to<FindEvents>,     // Answers what it keeps.
                     caf::reacts_to<StoreEvents>,    // INTERNAL: takes events from the hub.
                     caf::reacts_to<EventsWritten>,  // INTERNAL: goes on behind a commit.
                     caf::reacts_to<ReadEvents>,     // INTERNAL: goes on with a question.
                     caf::reacts_to<ForgetEvents>>;  // INTERNAL: deletes what is too old.

}  // namespace ff::events
