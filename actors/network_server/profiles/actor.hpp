// Starts the registry of MAC settings profiles.
#pragma once

#include "actors/network_server/context.hpp"
#include "actors/network_server/profiles/interface.hpp"
#include "storage/engine/engine.hpp"

namespace ff::network_server {

/// Goes on with what is on its way to devices. `store` outlives the actor.
ProfilesHandle spawn_profiles(caf::actor_system& system, ContextPtr context,
                              const storage::Reader& store);

}  // namespace ff::network_server
