// What others may ask of formatters: one pool of worker processes that run scripts.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/application_server/formatters/messages.hpp"
#include "actors/support/ticker.hpp"

namespace ff::application_server {

using FormattersHandle =
    caf::typed_actor<caf::reacts_to<RunFormatter>,        // Runs a script; does not keep order.
                     caf::reacts_to<InspectFormatters>>;  // How the workers are.

/// The same with what is nobody else's business.
using FormattersActor =
    FormattersHandle::extend<caf::reacts_to<WorkerSaid>,     // INTERNAL: an answer, or ready.
                             caf::reacts_to<WorkerBabbled>,  // INTERNAL: kills it.
                             caf::reacts_to<WorkerEnded>,    // INTERNAL: starts it again.
                             caf::reacts_to<actors::Tick>>;  // INTERNAL: time-outs.

}  // namespace ff::application_server
