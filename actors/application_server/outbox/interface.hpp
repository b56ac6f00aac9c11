// The outbox reader: one actor on a thread of its own, because it reads ranges of rows. It also
// removes messages that are too old. Not the writer: pipelines append (pipeline/), consumers move
// their cursors (mqtt_session/,
// integration/).
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/outbox/messages.hpp"

namespace ff::application_server {

using OutboxHandle =
    caf::typed_actor<caf::reacts_to<RecoverOutbox>,  // Where a pipeline goes on after a start.
                     caf::reacts_to<ReadOutbox>,     // Catch-up of a durable consumer.
                     caf::reacts_to<LoadCursors>,    // Where a durable consumer goes on.
                     caf::reacts_to<FindNewest>,     // Where a new durable consumer begins.
                     caf::reacts_to<FindTime>,       // Where messages of a time are.
                     caf::reacts_to<ScanRows>,       // Records of durable consumers.
                     caf::reacts_to<TrimOutbox>>;  // INTERNAL: a bounded step of the removal of old
                                                   // messages.

}  // namespace ff::application_server
