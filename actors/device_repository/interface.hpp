// What others may ask of the device repository: one reader on a thread of its own.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/device_repository/messages.hpp"

namespace ff::device_repository {

using RepositoryHandle =
    caf::typed_actor<caf::reacts_to<LookUpRepository>,      // Runs a look-up.
                     caf::reacts_to<FindRepositoryScript>,  // A codec's script; remembers it.
                     caf::reacts_to<RepositoryChanged>,     // Forgets what it has read.
                     caf::reacts_to<InspectRepository>>;    // What it holds.

}  // namespace ff::device_repository
