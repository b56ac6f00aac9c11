// What others may ask of the registry of activation settings: the single writer of all of them.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/join_server/activation/messages.hpp"

namespace ff::join_server::activation {

using RegistryHandle =
    caf::typed_actor<caf::reacts_to<GetSettings>,     // Those of one application.
                     caf::reacts_to<ChangeSettings>,  // Creates or changes them; answers when they
                                                      // are durable.
                     caf::reacts_to<DeleteSettings>,  // Deletes them; answers when that is durable.
                     caf::reacts_to<SettingsWritten>>;  // INTERNAL: a commit is decided.

}  // namespace ff::join_server::activation
